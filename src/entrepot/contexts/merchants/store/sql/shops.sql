-- Shops with the mode in force at an instant; before the first contract, the first one's. Each
-- takes one step in the index of agreed contracts. The ids come out of a select, where the planner
-- does not count them: one plan serves any number of shops.
select s.id, s.merchant_id, s.name, s.market, s.seller_type, s.state, s.stage, s.opened_on,
    s.order_cap, s.listing_cap, coalesce(
        (
            select c.mode from merchants.contracts c
            where c.shop_id = s.id and c.state = 'agreed' and c.from_at <= :at
            order by c.from_at desc limit 1
        ), (
            select c.mode from merchants.contracts c
            where c.shop_id = s.id and c.state = 'agreed'
            order by c.from_at limit 1
        )
    ) as mode
from merchants.shops s
where s.id = any(array(select unnest(cast(:ids as bigint[]))))
