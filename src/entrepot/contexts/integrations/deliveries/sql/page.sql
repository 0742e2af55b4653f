select d.id, d.app_id, d.organisation_id, d.shop_id, d.event, d.notice_id, q.address, d.state,
    d.attempts, d.told_at, d.due_at, d.status, d.latency_ms, d.reason, d.answered_at
from integrations.deliveries d join integrations.queues q on q.id = d.queue_id
where (cast(:everywhere as boolean) or d.organisation_id = any(cast(:places as bigint[])))
    and (cast(:app_id as bigint) is null or d.app_id = :app_id)
    and (cast(:state as text) is null or d.state = :state)
    and (cast(:event as text) is null or d.event = :event)
    and (cast(:told_from as timestamptz) is null or d.told_at >= :told_from)
    and (cast(:told_before as timestamptz) is null or d.told_at < :told_before)
    and (cast(:after as bigint) is null or d.id < :after)
order by d.id desc limit :many
