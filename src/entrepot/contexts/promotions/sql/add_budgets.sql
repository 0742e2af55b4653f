insert into promotions.budgets (promotion_id, per_buyer, total, budget_minor)
select * from unnest(
    cast(:ids as bigint[]), cast(:per_buyer as integer[]), cast(:totals as integer[]),
    cast(:budgets as bigint[])
)
