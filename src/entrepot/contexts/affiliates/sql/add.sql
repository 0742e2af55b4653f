with plan as (
    insert into affiliates.plans (
        id, merchant_id, shop_id, market, product_id, creator_id, starts_at, ends_at
    )
    select p.* from unnest(
        cast(:ids as bigint[]), cast(:merchants as bigint[]), cast(:shops as bigint[]),
        cast(:markets as text[]), cast(:products as bigint[]), cast(:creators as bigint[]),
        cast(:starts as timestamptz[]), cast(:ends as timestamptz[])
    ) as p
    returning id, starts_at
)
insert into affiliates.rates (plan_id, from_at, rate_bp, set_at, rule)
select plan.id, plan.starts_at, rate.rate_bp, :now, rate.rule
from unnest(
    cast(:ids as bigint[]), cast(:rates as integer[]), cast(:rules as text[])
) as rate (plan_id, rate_bp, rule)
join plan on plan.id = rate.plan_id
