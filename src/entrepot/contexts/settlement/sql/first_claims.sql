-- A market without a closed day has open claims only, and markets are few: one step in the index of
-- open claims for each of them, however many claims there are.
with recursive seen as (
    (
        select market from settlement.claims
        where statement_id is null order by market limit 1
    )
    union all
    select (
        select c.market from settlement.claims c
        where c.statement_id is null and c.market > seen.market order by c.market limit 1
    )
    from seen where seen.market is not null
)
select seen.market, (
    select min(least(c.eligible_at, c.started_at)) from settlement.claims c
    where c.market = seen.market and c.statement_id is null
) as at
from seen
where seen.market is not null and seen.market <> all(cast(:known as text[]))
