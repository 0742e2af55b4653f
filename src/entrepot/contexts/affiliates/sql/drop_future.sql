-- A new rate makes void what was announced before and is not in force yet.
delete from affiliates.rates
where plan_id = any(cast(:ids as bigint[])) and from_at > :now
