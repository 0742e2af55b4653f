-- The array comes out of a select, where the planner does not count it: one plan serves any
-- number of SKUs. Planning for each array took ten times as long as reading two offers.
select o.sku_id, o.listing_id, o.price_minor, o.shipping_minor, o.currency,
    l.product_id, l.shop_id, l.merchant_id, l.category_id, l.title, l.state
from catalog.offers o
join catalog.listings l on l.id = o.listing_id
where o.market = :market and o.sku_id = any(array(select unnest(cast(:skus as bigint[]))))
