-- What can apply to these goods now; what is used up is not offered any more.
select p.id, p.owner_id, p.market, p.layer, p.title, p.code, p.shop_id, p.product_id, p.sku_id,
    p.rate_bp, p.amount_minor, p.price_minor, p.currency, p.min_units, p.min_spend_minor,
    p.max_discount_minor, p.seller_share_bp, p.new_customers_only, p.starts_at, p.ends_at, p.state,
    p.activity_id, b.per_buyer, b.total, b.budget_minor, b.units, b.units_per_buyer, b.used,
    b.units_used
from (
    select * from promotions.promotions
    where product_id is null
        and (shop_id is null or shop_id = any(cast(:shops as bigint[])))
    union all
    select * from promotions.promotions
    where product_id = any(cast(:products as bigint[]))
        and (sku_id is null or sku_id = any(cast(:skus as bigint[])))
        and (shop_id is null or shop_id = any(cast(:shops as bigint[])))
) p
left join promotions.budgets b on b.promotion_id = p.id
where p.market = :market
    and p.state = 'active'
    and p.starts_at <= :at and :at < p.ends_at
    and (p.code is null or p.code = any(cast(:codes as text[])))
    and (b.total is null or b.used < b.total)
    and (b.budget_minor is null or b.spent_minor < b.budget_minor)
    and (b.units is null or b.units_used < b.units)
order by p.id
