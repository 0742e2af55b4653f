update integrations.queues q
set leased_until = :until, failures = h.failures, open_until = h.open_until
from unnest(
    cast(:ids as bigint[]), cast(:failures as int[]), cast(:opens as timestamptz[])
) as h (id, failures, open_until)
where q.id = h.id and q.leased_by = :me
