-- Orders with their lines, one row for each line: index look-ups only, in the order of the ids.
-- What is JSON comes as text: most of it is the same again and again, or is not looked at.
select o.id, o.group_id, o.state, o.currency, o.market, o.mode, o.seller_type, o.timers,
    o.total_minor, o.placed_at, o.paid_at, o.dispatched_at, o.delivered_at, o.closed_at,
    o.changed_at, o.due_at, g.buyer_id, g.country, i.method, r.name, r.phone, cast(r.address as text) as address,
    l.pos, l.sku_id, l.product_id, l.title, l.quantity, l.cancelled + l.shipped as gone, l.taken,
    l.first_unit, l.unit_price_minor, l.list_minor, l.seller_discount_minor,
    l.platform_discount_minor, l.shipping_minor, l.tax_minor, l.payment_minor,
    l.inputs ->> 'taxes' as taxes, l.inputs ->> 'promotions' as promotions,
    t.content -> 'flags' ->> 'parcel_shipper' as shipper,
    s.code, cast(s.options as text) as options, place.location_id, place.keeper_id
from unnest(cast(:ids as bigint[])) with ordinality as w (id, n)
join orders.orders o on o.id = w.id
join orders.groups g on g.id = o.group_id
join orders.recipients r on r.group_id = o.group_id
join orders.lines l on l.order_id = o.id
join orders.terms t on t.id = l.terms_id
join catalog.skus s on s.id = l.sku_id
left join payments.intents i on i.group_id = o.group_id
left join lateral (
    select p.location_id, k.keeper_id from inventory.reservations v
    join inventory.positions p on p.id = v.position_id
    join inventory.locations k on k.id = p.location_id
    where v.order_id = l.order_id and v.pos = l.pos order by v.round desc, p.id limit 1
) as place on true
order by w.n, l.pos
