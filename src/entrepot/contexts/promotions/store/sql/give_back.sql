with back as (
    update promotions.uses
    set given_back_at = :now
    where reference = any(cast(:references as text[])) and given_back_at is null
    returning promotion_id, minor, units
), sums as (
    select promotion_id, count(*) as n, sum(minor) as minor, sum(units) as units
    from back group by promotion_id
)
update promotions.budgets b
set used = b.used - sums.n,
    spent_minor = b.spent_minor - sums.minor,
    units_used = b.units_used - sums.units
from sums
where b.promotion_id = sums.promotion_id
