create schema identity;

create table identity.organisations (
    id bigint primary key,
    kind text not null check (kind in ('merchant', 'creator', 'provider', 'operator')),
    name text not null check (name <> ''),
    country text not null check (country ~ '^[A-Z]{2}$'),
    founded_at timestamptz not null
);

-- The only table beside orders.recipients that holds personal data. Erasing empties a row; the id
-- stays, since others refer to it.
create table identity.people (
    id bigint primary key,
    name text,
    email text,
    phone text,
    address text,
    password text,  -- argon2id with its salt and parameters.
    enrolled_at timestamptz not null,
    erased_at timestamptz,
    check (
        case when erased_at is null then email is not null and name is not null
        else num_nonnulls(name, email, phone, address, password) = 0 end
    )
);
create unique index people_email_key on identity.people (lower(email));

create table identity.memberships (
    person_id bigint not null references identity.people,
    organisation_id bigint not null references identity.organisations,
    role text not null,
    since_at timestamptz not null,
    primary key (person_id, organisation_id, role)
);
create index on identity.memberships (organisation_id);

-- Of secrets only the hash is kept: they are 256 random bits, so that no salt is needed. All times
-- of sessions, tokens and grants are real time.
create table identity.sessions (
    id bigint primary key,
    person_id bigint not null references identity.people,
    secret bytea not null unique check (length(secret) = 32),
    started_at timestamptz not null,
    seen_at timestamptz not null,
    ends_at timestamptz not null,
    revoked_at timestamptz
);
create index on identity.sessions (person_id) where revoked_at is null;
create index on identity.sessions (ends_at);

create table identity.tokens (
    id bigint primary key,
    organisation_id bigint not null references identity.organisations,
    person_id bigint not null references identity.people,
    name text not null,
    prefix text not null,  -- Shown, so that people can tell their tokens apart.
    secret bytea not null unique check (length(secret) = 32),
    scopes text[] not null check (cardinality(scopes) > 0),
    issued_at timestamptz not null,
    ends_at timestamptz not null,
    revoked_at timestamptz,
    check (ends_at > issued_at)
);
create index on identity.tokens (organisation_id, id);
create index on identity.tokens (person_id) where revoked_at is null;

-- What members of one organisation may do in another one, for a time.
create table identity.grants (
    id bigint primary key,
    from_id bigint not null references identity.organisations,
    to_id bigint not null references identity.organisations,
    permissions text[] not null check (cardinality(permissions) > 0),
    given_by text not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    revoked_at timestamptz,
    check (from_id <> to_id),
    check (ends_at > starts_at)
);
create index on identity.grants (to_id, ends_at) where revoked_at is null;
create index on identity.grants (from_id, id);

-- Sign-in attempts per account and per address, by hash: an address is personal data.
create table identity.attempts (
    key bytea primary key,
    tries int not null,
    window_ends_at timestamptz not null
);
create index on identity.attempts (window_ends_at);

create table identity.audit (
    id bigint primary key,
    at timestamptz not null,  -- Business time, as the documents have it, …
    happened_at timestamptz not null default clock_timestamp(),  -- … and real time.
    actor text not null,
    organisation_id bigint references identity.organisations,
    action text not null,
    subject bigint,
    outcome text not null check (outcome in ('done', 'refused')),
    detail jsonb not null
);
create index on identity.audit (organisation_id, id);
create index on identity.audit (subject, id);

create function identity.refuse() returns trigger language plpgsql as $$
begin
    raise exception 'the audit trail is append-only';
end $$;

create trigger frozen before update or delete or truncate on identity.audit
    for each statement execute function identity.refuse();
