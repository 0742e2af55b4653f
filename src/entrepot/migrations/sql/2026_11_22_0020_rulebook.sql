create schema rulebook;

-- The text of every rule version that this installation has ever worked by. What an outcome stores
-- (`fees/us/2024-04-01@1`) is found here for ever, whatever became of the file.
create table rulebook.versions (
    id text not null check (id ~ '^[a-z_]+/[a-z-]+/[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
    revision integer not null check (revision > 0),
    sha256 text not null,
    content text not null,
    kept_at timestamptz not null default clock_timestamp(),
    primary key (id, revision),
    constraint versions_sha256_check
        check (sha256 = encode(sha256(convert_to(content, 'UTF8')), 'hex'))
);

create function rulebook.refuse() returns trigger language plpgsql as $$
begin
    raise exception 'a rule that was used is never changed: write a new revision instead';
end $$;

create trigger frozen before update or delete or truncate on rulebook.versions
    for each statement execute function rulebook.refuse();
