-- Sent again to where the app listens now, or to where it was sent before.
with chosen as (
    select d.id, d.app_id, coalesce(e.address, w.address, q.address) as address
    from integrations.deliveries d
    join integrations.queues q on q.id = d.queue_id
    left join integrations.endpoints e
        on e.app_id = d.app_id and e.shop_id = d.shop_id and e.event = d.event
    left join integrations.app_endpoints w on w.app_id = d.app_id and w.event = d.event
    where d.id = any(cast(:ids as bigint[])) and d.state = 'dead' and (
        d.farewell or exists (
            select from integrations.authorisations a
            where a.app_id = d.app_id and a.organisation_id = d.organisation_id
                and a.revoked_at is null and a.ends_at > :at
        )
    )
), queue as (
    insert into integrations.queues (id, app_id, address, due_at)
    select kernel.new_id(), c.app_id, c.address, :at
    from (select distinct app_id, address from chosen order by app_id, address) c
    on conflict (app_id, address) do update
        set due_at = least(queues.due_at, excluded.due_at), failures = 0, open_until = null
    returning id, app_id, address
)
update integrations.deliveries d
set state = 'pending', queue_id = q.id, attempts = 0, told_at = :at, due_at = :at, reason = ''
from chosen c join queue q using (app_id, address)
where d.id = c.id
returning d.id
