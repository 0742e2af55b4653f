-- A one-time link with which a person sets a password: the first one, or another one for one that
-- is lost. Of its secret only the hash is kept; times are real. A person has one open link at most.
create table identity.invitations (
    id bigint primary key,
    person_id bigint not null references identity.people,
    secret bytea not null unique check (length(secret) = 32),
    made_by text not null,
    made_at timestamptz not null,
    ends_at timestamptz not null,
    used_at timestamptz,
    check (ends_at >= made_at)
);
create index on identity.invitations (person_id) where used_at is null;
create index on identity.invitations (ends_at);
