-- For each thing bought the plan that decides: a creator's own before open ones, one for the
-- product before one for the shop, then the newest.
select asked.n, best.id, best.market, best.rate_bp
from unnest(
    cast(:ns as integer[]), cast(:shops as bigint[]), cast(:products as bigint[]),
    cast(:creators as bigint[])
) as asked (n, shop_id, product_id, creator_id)
cross join lateral (
    select p.id, p.market, rate.rate_bp
    from affiliates.plans p
    cross join lateral (
        select r.rate_bp from affiliates.rates r
        where r.plan_id = p.id and r.from_at <= :at
        order by r.from_at desc
        limit 1
    ) as rate
    where p.shop_id = asked.shop_id
        and (p.product_id is null or p.product_id = asked.product_id)
        and (p.creator_id is null or p.creator_id = asked.creator_id)
        and p.starts_at <= :at
        and (p.ends_at is null or :at < p.ends_at)
    order by p.creator_id is null, p.product_id is null, p.id desc
    limit 1
) as best
order by asked.n
