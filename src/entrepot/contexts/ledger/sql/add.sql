-- One statement for n entries: the triggers judge it whole, and balances cannot lag behind.
-- If an account is not there yet, nothing is written and the answer is 0.
with line as materialized (
    select p.n, p.pos, account.id as account, p.minor, p.currency
    from unnest(
        cast(:entries as int[]), cast(:pos as smallint[]), cast(:purposes as text[]),
        cast(:owners as bigint[]), cast(:minors as bigint[]), cast(:currencies as text[])
    ) as p (n, pos, purpose, owner, minor, currency)
    left join ledger.accounts account
        on account.purpose = p.purpose and account.owner_id = p.owner
), wanted as materialized (
    select kernel.new_id() as id, e.n, e.kind, e.reference, e.postings, e.digest, e.pending,
        e.resolves, e.occurred_at
    from unnest(
        cast(:kinds as text[]), cast(:references as text[]), cast(:sizes as smallint[]),
        cast(:digests as bytea[]), cast(:pendings as boolean[]), cast(:resolves as bigint[]),
        cast(:times as timestamptz[])
    ) with ordinality
        as e (kind, reference, postings, digest, pending, resolves, occurred_at, n)
    where not exists (select from line where account is null)
), entry as (
    insert into ledger.entries
        (id, kind, reference, postings, digest, pending, resolves, occurred_at)
    select id, kind, reference, postings, digest, pending, resolves, occurred_at from wanted
    order by n
    on conflict (kind, reference) do nothing
    returning id, pending, resolves
), posting as (
    insert into ledger.postings (entry, pos, account, minor, currency)
    select entry.id, line.pos, line.account, line.minor, line.currency
    from line
    join wanted on wanted.n = line.n
    join entry on entry.id = wanted.id
    returning entry, account, currency, minor
), delta as (
    insert into ledger.deltas (account, currency, pending, minor)
    select account, currency, pending, sum(minor)
    from (
        select posting.account, posting.currency, entry.pending, posting.minor
        from posting join entry on entry.id = posting.entry
        union all
        -- Posting a pending entry takes its amounts out of what is pending.
        select held.account, held.currency, true, -held.minor
        from entry join ledger.postings held on held.entry = entry.resolves
        where not entry.pending
    ) as moved
    group by account, currency, pending
)
select wanted.n from entry join wanted on wanted.id = entry.id
union all
select 0 where exists (select from line where account is null)
