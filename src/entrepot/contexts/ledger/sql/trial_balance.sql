select
    a.purpose,
    p.currency,
    coalesce(sum(p.minor) filter (where p.minor > 0), 0) as debit,
    coalesce(-sum(p.minor) filter (where p.minor < 0), 0) as credit
from ledger.postings p
join ledger.entries e on e.id = p.entry
join ledger.accounts a on a.id = p.account
where not e.pending
    and (cast(:at as timestamptz) is null or e.occurred_at <= :at)
    and (cast(:owner as bigint) is null or a.owner_id = :owner)
group by a.purpose, p.currency
order by a.purpose, p.currency
