with wanted as (
    select a.id, a.purpose, a.owner_id
    from unnest(cast(:purposes as text[]), cast(:owners as bigint[])) as w (purpose, owner)
    join ledger.accounts a on a.purpose = w.purpose and a.owner_id = w.owner
)
select wanted.purpose, wanted.owner_id, known.currency, sum(known.minor) as minor
from wanted join (
    select account, currency, pending, minor from ledger.balances
    union all
    select account, currency, pending, minor from ledger.deltas
) as known on known.account = wanted.id
where known.pending = :pending
group by wanted.purpose, wanted.owner_id, known.currency
