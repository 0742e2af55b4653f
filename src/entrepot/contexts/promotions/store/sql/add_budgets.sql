insert into promotions.budgets (
    promotion_id, per_buyer, total, budget_minor, units, units_per_buyer
)
select * from unnest(
    cast(:ids as bigint[]), cast(:per_buyer as integer[]), cast(:totals as integer[]),
    cast(:budgets as bigint[]), cast(:units as integer[]), cast(:units_per_buyer as integer[])
)
