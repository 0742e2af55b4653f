-- SKUs that were touched and of which something is free now that was not, or nothing that was.
with touched as (
    select position_id as id from inventory.reservations where order_id = any(cast(:orders as bigint[]))
    union
    select unnest(cast(:positions as bigint[]))
), owned as (
    select distinct p.sku_id, p.owner_id
    from touched t join inventory.positions p on p.id = t.id
), free as (
    select p.sku_id, p.owner_id, sum(p.on_hand) as on_hand, sum(p.reserved) as reserved,
        sum(p.on_hand) = sum(p.reserved) as sold_out
    from owned join inventory.positions p using (sku_id, owner_id)
    group by p.sku_id, p.owner_id
), turned as (
    insert into inventory.standings as s (sku_id, owner_id, sold_out)
    select f.sku_id, f.owner_id, f.sold_out from free f
    where not f.sold_out or exists (
        select from inventory.standings k where k.sku_id = f.sku_id and k.owner_id = f.owner_id
    )
    order by f.sku_id, f.owner_id
    on conflict (sku_id, owner_id) do update set sold_out = excluded.sold_out
        where s.sold_out <> excluded.sold_out
    returning sku_id, owner_id
)
select f.sku_id, f.owner_id, f.sold_out,
    cast(f.on_hand as bigint) as on_hand, cast(f.reserved as bigint) as reserved
from free f join turned using (sku_id, owner_id)
order by f.sku_id, f.owner_id
