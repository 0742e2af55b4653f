-- Locks and reads at once: a row that had to be waited for is returned as it then is. Out of a
-- select, the array is not counted by the planner: one plan serves any number of SKUs.
select p.id, p.sku_id, p.owner_id, p.on_hand - p.reserved as free, l.markets
from inventory.positions p
join inventory.locations l on l.id = p.location_id
where p.sku_id = any(array(select unnest(cast(:skus as bigint[]))))
order by p.id
for no key update of p
