create schema ledger;

-- An account is a purpose within an organisation; 0 is the platform. Its balances are per currency.
create table ledger.accounts (
    id bigint primary key default kernel.new_id(),
    purpose text not null,
    owner_id bigint not null default 0,
    unique (purpose, owner_id)
);

create table ledger.entries (
    id bigint primary key,
    kind text not null,
    reference text not null,  -- The thing that is done once.
    postings smallint not null check (postings >= 2),
    digest bytea not null,
    pending boolean not null default false,
    resolves bigint unique references ledger.entries,
    occurred_at timestamptz not null,
    unique (kind, reference)
);
create index on ledger.entries (occurred_at);

-- Entries and accounts stay for good, and `judge` asks once for all rows of a statement that they
-- are there: no foreign key asks again for each.
create table ledger.postings (
    entry bigint not null,
    pos smallint not null,
    account bigint not null,
    minor bigint not null,
    currency text not null,
    primary key (entry, pos)
);
create index on ledger.postings (account, currency, entry);

-- What each posting statement adds; a job folds it into the balances. Pending amounts stand apart.
create table ledger.deltas (
    account bigint not null,
    currency text not null,
    pending boolean not null,
    minor numeric not null
);
create index on ledger.deltas (account);
create table ledger.balances (
    account bigint not null references ledger.accounts,
    currency text not null,
    pending boolean not null,
    minor numeric not null,
    primary key (account, currency, pending)
);

create function ledger.judge_postings() returns trigger language plpgsql as $$
begin
    if exists (select from added group by entry, currency having sum(minor) <> 0) then
        raise exception 'a ledger entry does not balance' using errcode = 'check_violation';
    end if;
    -- A subquery for each entry: a join would now and then read all entries ever posted.
    if exists (
        select from (
            select entry, count(*) as n, min(pos) as first, max(pos) as last
            from added group by entry
        ) as whole
        where first <> 1 or last <> n
            or n is distinct from (
                select e.postings from ledger.entries e where e.id = whole.entry
            )
    ) then  -- With the key (entry, pos), nothing can be added to an entry later.
        raise exception 'a ledger entry is not whole' using errcode = 'check_violation';
    end if;
    if exists (
        select from unnest(array(select distinct account from added)) as used (account)
        where (select a.id from ledger.accounts a where a.id = used.account) is null
    ) then
        raise exception 'a ledger posting has no account' using errcode = 'check_violation';
    end if;
    return null;
end $$;

create trigger judge after insert on ledger.postings
    referencing new table as added for each statement execute function ledger.judge_postings();

create function ledger.judge_entries() returns trigger language plpgsql as $$
begin
    if exists (
        select from added
        where (select p.pos from ledger.postings p where p.entry = added.id limit 1) is null
    ) then
        raise exception 'a ledger entry has no postings' using errcode = 'check_violation';
    end if;
    return null;
end $$;

create trigger judge after insert on ledger.entries
    referencing new table as added for each statement execute function ledger.judge_entries();

create function ledger.refuse() returns trigger language plpgsql as $$
begin
    raise exception 'the ledger is append-only: reverse the entry instead';
end $$;

create trigger frozen before update or delete or truncate on ledger.accounts
    for each statement execute function ledger.refuse();
create trigger frozen before update or delete or truncate on ledger.entries
    for each statement execute function ledger.refuse();
create trigger frozen before update or delete or truncate on ledger.postings
    for each statement execute function ledger.refuse();
