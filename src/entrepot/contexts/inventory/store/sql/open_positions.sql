insert into inventory.positions (sku_id, location_id, owner_id, currency)
select distinct p.sku_id, p.location_id, p.owner_id, p.currency
from unnest(
    cast(:skus as bigint[]), cast(:locations as bigint[]), cast(:owners as bigint[]),
    cast(:currencies as text[])
) as p (sku_id, location_id, owner_id, currency)
where not exists (
    select from inventory.positions q
    where (q.sku_id, q.location_id, q.owner_id) = (p.sku_id, p.location_id, p.owner_id)
)
order by p.sku_id, p.location_id, p.owner_id, p.currency
on conflict (sku_id, location_id, owner_id) do nothing
