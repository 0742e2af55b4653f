-- What may be shown crossed out: the lowest price of the days before the present one began, or the
-- present one if that is more. A version with the same price again begins nothing.
with p as (
    select sku_id, price_minor, from_at,
        lead(from_at) over (partition by sku_id order by version) as to_at,
        first_value(price_minor) over (partition by sku_id order by version desc) as now_minor
    from catalog.prices
    where market = :market and sku_id = any(cast(:skus as bigint[]))
), present as (
    select sku_id, now_minor, max(to_at) filter (where price_minor <> now_minor) as since
    from p
    group by sku_id, now_minor
)
select n.sku_id, greatest(n.now_minor, min(p.price_minor)) as minor
from present n
left join p on p.sku_id = n.sku_id
  and p.from_at < n.since and p.to_at > n.since - make_interval(days => :days)
  and p.from_at is distinct from p.to_at
group by n.sku_id, n.now_minor
