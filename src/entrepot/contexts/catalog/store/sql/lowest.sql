-- A price counts if it was in force at some instant of the days before: what begins at the instant
-- itself does not, what ended just when the days began does not either.
select sku_id, min(price_minor) as minor
from (
    select sku_id, price_minor, from_at,
        lead(from_at) over (partition by sku_id order by version) as to_at
    from catalog.prices
    where market = :market and sku_id = any(cast(:skus as bigint[]))
) p
where from_at < :at and (to_at is null or to_at > :at - make_interval(days => :days))
  and from_at is distinct from to_at
group by sku_id
