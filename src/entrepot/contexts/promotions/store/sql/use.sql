with used as (
    insert into promotions.uses (promotion_id, reference, buyer, minor, units, used_at)
    select use.*, :now
    from unnest(
        cast(:ids as bigint[]), cast(:references as text[]), cast(:buyers as text[]),
        cast(:minors as bigint[]), cast(:units as integer[])
    ) as use
    returning promotion_id, minor, units
), sums as (
    select promotion_id, count(*) as n, sum(minor) as minor, sum(units) as units
    from used group by promotion_id
)
update promotions.budgets b
set used = b.used + sums.n,
    spent_minor = b.spent_minor + sums.minor,
    units_used = b.units_used + sums.units
from sums
where b.promotion_id = sums.promotion_id
