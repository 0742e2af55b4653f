create schema kernel;

-- Which part of the platform this database is (architecture 5): 0 to 63.
create function kernel.cell() returns bigint language sql immutable return 0;
create sequence kernel.tail as integer minvalue 0 maxvalue 65535 cycle;

-- 41 bits of real milliseconds since 2020, 6 of cell, 16 of sequence. Usable in `insert … select`.
create function kernel.new_id() returns bigint language sql volatile
return (((extract(epoch from clock_timestamp()) * 1000)::bigint - 1577836800000) << 22)
     | (kernel.cell() << 16)  -- In PostgreSQL << and | bind alike: the brackets matter.
     | nextval('kernel.tail');

-- Money.share in SQL: half to even, exact for any size. PostgreSQL's own round() is half up.
create function kernel.share(minor numeric, num numeric, den numeric) returns numeric
    language sql immutable strict parallel safe
return div(minor * num, den) + sign(minor * num) * (
    2 * abs(mod(minor * num, den)) > den
    or 2 * abs(mod(minor * num, den)) = den and mod(div(minor * num, den), 2) <> 0
)::int;

create table kernel.clock (
    only_row boolean primary key default true check (only_row),
    ahead interval not null default '0',
    held_at timestamptz
);
insert into kernel.clock default values;

create table kernel.calls (
    actor text not null,
    operation text not null,
    key text not null,
    digest bytea not null,
    result bigint,
    made_at timestamptz not null default clock_timestamp(),
    primary key (actor, operation, key)
);
create index on kernel.calls (made_at);

create schema events;

create table events.fresh (
    serial bigserial primary key,
    name text not null,
    version smallint not null,
    subject bigint not null,
    payload jsonb not null,
    occurred_at timestamptz not null
);
create table events.log (
    position bigint generated always as identity primary key,
    name text not null,
    version smallint not null,
    subject bigint not null,
    payload jsonb not null,
    occurred_at timestamptz not null
);
create table events.cursors (
    subscriber text primary key,
    position bigint not null default 0,
    pace int not null default 512,
    failures int not null default 0
);
create table events.parked (
    subscriber text not null,
    position bigint not null references events.log,
    subject bigint not null,
    reason text not null,
    primary key (subscriber, position)
);
create index on events.parked (subscriber, subject);
