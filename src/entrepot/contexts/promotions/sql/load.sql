-- What can apply in these shops now; what is used up is not offered any more.
select p.id, p.owner_id, p.market, p.layer, p.title, p.code, p.shop_id, p.product_id, p.rate_bp,
    p.amount_minor, p.currency, p.min_spend_minor, p.max_discount_minor, p.seller_share_bp,
    p.new_customers_only, p.starts_at, p.ends_at, p.state, b.per_buyer, b.total, b.budget_minor
from promotions.promotions p
left join promotions.budgets b on b.promotion_id = p.id
where p.market = :market
    and p.state = 'active'
    and p.starts_at <= :at and :at < p.ends_at
    and (p.code is null or p.code = any(cast(:codes as text[])))
    and (p.shop_id is null or p.shop_id = any(cast(:shops as bigint[])))
    and (b.total is null or b.used < b.total)
    and (b.budget_minor is null or b.spent_minor < b.budget_minor)
order by p.id
