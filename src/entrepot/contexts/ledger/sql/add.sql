-- One statement for n entries: the triggers judge it whole, and balances cannot lag behind.
with entry as (
    insert into ledger.entries
        (id, kind, reference, postings, digest, pending, resolves, occurred_at)
    select e.id, e.kind, e.reference, e.postings, e.digest, e.pending, e.resolves, e.occurred_at
    from unnest(
        cast(:ids as bigint[]), cast(:kinds as text[]), cast(:references as text[]),
        cast(:sizes as smallint[]), cast(:digests as bytea[]), cast(:pendings as boolean[]),
        cast(:resolves as bigint[]), cast(:times as timestamptz[])
    ) as e (id, kind, reference, postings, digest, pending, resolves, occurred_at)
    on conflict (kind, reference) do nothing
    returning id, pending, resolves
), posting as (
    insert into ledger.postings (entry, pos, account, minor, currency)
    select p.entry, p.pos, account.id, p.minor, p.currency
    from unnest(
        cast(:entries as bigint[]), cast(:pos as smallint[]), cast(:purposes as text[]),
        cast(:owners as bigint[]), cast(:minors as bigint[]), cast(:currencies as text[])
    ) as p (entry, pos, purpose, owner, minor, currency)
    join entry on entry.id = p.entry
    join ledger.accounts account on account.purpose = p.purpose and account.owner_id = p.owner
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
select id from entry
