-- The queue's row is written first: whoever gives a lease back holds it, and sees us or comes later.
with told as (
    select t.* from unnest(
        cast(:apps as bigint[]), cast(:addresses as text[]), cast(:organisations as bigint[]),
        cast(:shops as bigint[]), cast(:events as text[]), cast(:notices as bigint[]),
        cast(:subjects as bigint[]), cast(:bodies as text[]), cast(:farewells as boolean[])
    ) with ordinality as t (
        app_id, address, organisation_id, shop_id, event, notice_id, subject, body, farewell, pos
    )
), queue as (
    insert into integrations.queues (id, app_id, address, due_at)
    select kernel.new_id(), t.app_id, t.address, :at
    from (select distinct app_id, address from told order by app_id, address) t
    on conflict (app_id, address) do update
        set due_at = least(queues.due_at, excluded.due_at)
    returning id, app_id, address
)
insert into integrations.deliveries
    (queue_id, app_id, organisation_id, shop_id, event, notice_id, subject, body, farewell,
    told_at, due_at)
select q.id, t.app_id, t.organisation_id, t.shop_id, t.event, t.notice_id, t.subject, t.body,
    t.farewell, :at, :at
from told t join queue q using (app_id, address) order by t.pos
