-- Orders without their lines, in the order of the ids: index look-ups only.
-- As they are told: ids as text, instants in whole seconds since 1970. What is JSON comes as text:
-- most of it is the same again and again, or is not looked at. Who asked to cancel an order is told
-- with it, the last at the end, since few orders have any.
select cast(o.id as text) as id, o.state, o.currency, o.market, o.mode, o.seller_type, o.timers,
    o.total_minor, o.paid_at,
    cast(floor(date_part('epoch', o.placed_at)) as bigint) as placed_s,
    cast(floor(date_part('epoch', o.dispatched_at)) as bigint) as dispatched_s,
    cast(floor(date_part('epoch', o.delivered_at)) as bigint) as delivered_s,
    cast(floor(date_part('epoch', o.closed_at)) as bigint) as closed_s,
    cast(floor(date_part('epoch', o.changed_at)) as bigint) as changed_s,
    cast(floor(date_part('epoch', o.due_at)) as bigint) as due_s,
    cast(o.replaces_id as text) as replaces_id,
    cast(g.buyer_id as text) as buyer_id, g.country, i.method, r.name, r.phone,
    cast(r.address as text) as address,
    (
        select cast(json_agg(json_build_array(
            c.state, c.asked_by, c.reason, cast(extract(epoch from c.asked_at) as bigint)
        ) order by c.asked_at) as text)
        from orders.cancellations c where c.order_id = o.id and c.state in ('requested', 'accepted')
    ) as cancellations
from unnest((select cast(:ids as bigint[]))) with ordinality as w (id, n)
join orders.orders o on o.id = w.id
join orders.groups g on g.id = o.group_id
join orders.recipients r on r.group_id = o.group_id
left join payments.intents i on i.group_id = o.group_id
order by w.n
