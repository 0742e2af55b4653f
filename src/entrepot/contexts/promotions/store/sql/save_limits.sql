-- Limits only grow, so that what was sold stays within them. Locked by rising key, as buyers do.
with held as (
    select promotion_id from promotions.budgets
    where promotion_id = any(cast(:ids as bigint[]))
    order by promotion_id
    for no key update
)
update promotions.budgets b
set units = item.units, units_per_buyer = item.units_per_buyer
from held, unnest(
    cast(:ids as bigint[]), cast(:units as integer[]), cast(:units_per_buyer as integer[])
) as item (id, units, units_per_buyer)
where b.promotion_id = held.promotion_id and item.id = held.promotion_id
