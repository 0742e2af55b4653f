update integrations.deliveries d
set state = a.state, attempts = a.attempts, due_at = a.due_at, status = a.status,
    latency_ms = a.latency_ms, reason = a.reason, answered_at = :at, overtaken = a.overtaken
from unnest(
    cast(:ids as bigint[]), cast(:states as text[]), cast(:attempts as int[]),
    cast(:dues as timestamptz[]), cast(:statuses as int[]), cast(:latencies as int[]),
    cast(:reasons as text[]), cast(:overtaken as boolean[])
) as a (id, state, attempts, due_at, status, latency_ms, reason, overtaken)
where d.id = a.id and d.state = 'pending'
