-- Two changes for the same instant: the later one counts.
insert into affiliates.rates (plan_id, from_at, rate_bp, set_at, rule)
select rate.plan_id, rate.from_at, rate.rate_bp, :now, rate.rule
from unnest(
    cast(:ids as bigint[]), cast(:times as timestamptz[]), cast(:rates as integer[]),
    cast(:rules as text[])
) as rate (plan_id, from_at, rate_bp, rule)
on conflict (plan_id, from_at) do update set
    rate_bp = excluded.rate_bp, set_at = excluded.set_at, rule = excluded.rule
