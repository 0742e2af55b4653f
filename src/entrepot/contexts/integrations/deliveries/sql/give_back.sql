update integrations.queues q
set leased_by = null, leased_until = null, due_at = (
    select min(d.due_at) from integrations.deliveries d
    where d.queue_id = q.id and d.state = 'pending'
)
where q.id = any(cast(:ids as bigint[])) and q.leased_by = :me
