with free as (
    select id from integrations.queues
    where due_at <= :at and (open_until is null or open_until <= :at)
        and (leased_until is null or leased_until <= :at)
    order by due_at, id limit :many for no key update skip locked
)
update integrations.queues q set leased_by = :me, leased_until = :until
from free, integrations.apps a
where q.id = free.id and a.id = q.app_id
returning q.id, q.app_id, q.address, q.failures, a.key as app_key, a.generation
