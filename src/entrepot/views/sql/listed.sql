-- Listings with the SKUs of their products, in the order of the listings' ids: a row for each SKU,
-- or one without if there is none. As they are told: ids as text, instants in whole seconds since
-- 1970; what is free of the owner's goods as JSON, pairs of a location and a number.
select cast(l.product_id as text) as product_id, l.title, l.state, l.category_id,
    cast(floor(date_part('epoch', l.listed_at)) as bigint) as listed_s,
    cast(floor(date_part('epoch', coalesce(l.updated_at, l.listed_at))) as bigint) as updated_s,
    exists (
        select from catalog.shadows h where h.listing_id = l.id and h.state = 'auditing'
    ) as waits,
    cast(s.id as text) as sku_id, s.code,
    coalesce(cast(s.details ->> 'has_code' as boolean), true) as has_code,
    o.price_minor, o.currency, c.list_minor,
    (
        select cast(json_agg(json_build_array(
            cast(p.location_id as text), p.on_hand - p.reserved
        ) order by p.id) as text)
        from inventory.positions p where p.sku_id = s.id and p.owner_id = :owner
    ) as free
from unnest((select cast(:ids as bigint[]))) with ordinality as w (id, n)
join catalog.listings l on l.id = w.id
left join catalog.skus s on s.product_id = l.product_id and s.removed_at is null
left join catalog.offers o on o.sku_id = s.id and o.market = l.market
left join catalog.list_prices c on c.sku_id = s.id and c.market = l.market
order by w.n, s.id
