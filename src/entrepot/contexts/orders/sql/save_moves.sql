-- Each move names the state that it leaves, so that a missing lock shows as a missing row.
with move as (
    select m.id, m.verb, m.before, m.after, m.at, m.due_at, m.closed, m.fault, m.reason, m.refund
    from unnest(
        cast(:ids as bigint[]), cast(:verbs as text[]), cast(:before as text[]),
        cast(:after as text[]), cast(:times as timestamptz[]), cast(:due as timestamptz[]),
        cast(:closed as boolean[]), cast(:faults as boolean[]), cast(:reasons as text[]),
        cast(:refunds as bigint[])
    ) as m (id, verb, before, after, at, due_at, closed, fault, reason, refund)
), moved as (
    update orders.orders o set
        state = move.after,
        due_at = move.due_at,
        changed_at = move.at,
        seller_fault = o.seller_fault or move.fault,
        refunded_minor = o.refunded_minor + move.refund,
        paid_at = case when move.verb = 'pay' then move.at else o.paid_at end,
        dispatched_at = case when move.verb = 'collect' then move.at else o.dispatched_at end,
        delivered_at = case when move.verb = 'deliver' then move.at else o.delivered_at end,
        closed_at = case when move.closed then move.at end
    from move
    where o.id = move.id and o.state = move.before
    returning o.id
), told as (
    insert into orders.history (order_id, verb, before, after, actor, reason, at)
    select id, verb, before, after, :actor, reason, at from move
)
select count(*) from moved
