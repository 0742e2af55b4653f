-- n parcels as they were planned; their lines follow in a statement of their own.
insert into logistics.parcels (
    id, order_id, group_id, merchant_id, shop_id, market, shipper, origin, service, weight_g,
    length_mm, width_mm, height_mm, state, created_at, changed_at, updated_at
)
select
    p.id, p.order_id, p.group_id, p.merchant_id, p.shop_id, p.market, p.shipper, p.origin,
    p.service, p.weight_g, p.length_mm, p.width_mm, p.height_mm, :state, p.at, p.at, p.at
from unnest(
    cast(:ids as bigint[]), cast(:orders as bigint[]), cast(:groups as bigint[]),
    cast(:merchants as bigint[]), cast(:shops as bigint[]), cast(:markets as text[]),
    cast(:shippers as text[]), cast(:origins as text[]), cast(:services as text[]),
    cast(:weights as int[]), cast(:lengths as int[]), cast(:widths as int[]),
    cast(:heights as int[]), cast(:times as timestamptz[])
) as p (
    id, order_id, group_id, merchant_id, shop_id, market, shipper, origin, service, weight_g,
    length_mm, width_mm, height_mm, at
)
