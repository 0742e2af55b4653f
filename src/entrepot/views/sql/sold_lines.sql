-- The lines of orders, each with its SKU and where its goods were set aside last.
-- Apart from the heads, since a join of all these tables takes longer to plan than to run.
select cast(l.order_id as text) as order_id, l.pos, cast(l.sku_id as text) as sku_id,
    cast(l.product_id as text) as product_id, l.title, l.quantity,
    l.cancelled + l.shipped as gone, l.taken, l.first_unit, l.list_minor, l.seller_discount_minor,
    l.platform_discount_minor, l.shipping_minor, l.tax_minor,
    case when l.tax_minor <> 0 then l.inputs ->> 'taxes' else '[]' end as taxes,
    l.inputs ->> 'promotions' as promotions, t.content -> 'flags' ->> 'parcel_shipper' as shipper,
    s.code, cast(s.options as text) as options, cast(p.location_id as text) as location_id,
    k.keeper_id
from orders.lines l
join orders.terms t on t.id = l.terms_id
join catalog.skus s on s.id = l.sku_id
left join lateral (
    select r.position_id from inventory.reservations r
    where r.order_id = l.order_id and r.pos = l.pos
    order by r.round desc, r.position_id desc limit 1
) as place on true
left join inventory.positions p on p.id = place.position_id
left join inventory.locations k on k.id = p.location_id
where l.order_id = any(cast((select cast(:ids as bigint[])) as bigint[]))
order by l.order_id, l.pos
