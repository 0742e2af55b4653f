-- The order makes it a step in the index to see that a market has no open claims.
select w.market, found.at
from unnest(cast(:markets as text[])) as w (market)
cross join lateral (
    select c.market from settlement.open_claims c
    where c.market = w.market order by c.eligible_at limit 1
) as one
cross join lateral (
    select min(least(c.eligible_at, c.started_at)) as at from settlement.open_claims c
    where c.market = one.market
) as found
