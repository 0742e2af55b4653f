update affiliates.plans
set ends_at = greatest(starts_at, :now)
where id = any(cast(:ids as bigint[]))
