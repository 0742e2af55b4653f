-- Rows are locked by rising key, as in every statement that changes reservations.
with held as materialized (
    select r.order_id, r.pos, r.round, r.position_id
    from inventory.reservations r
    join unnest(cast(:orders as bigint[]), cast(:times as timestamptz[])) as paid (order_id, at)
        on paid.order_id = r.order_id
    where r.shipped + r.released < r.quantity
      and (r.expires_at is null or r.expires_at > paid.at)
    order by r.order_id, r.pos, r.round, r.position_id
    for no key update of r
), kept as (
    update inventory.reservations r set expires_at = null
    from held h
    where (r.order_id, r.pos, r.round, r.position_id)
        = (h.order_id, h.pos, h.round, h.position_id)
      and r.expires_at is not null
)
select distinct order_id from held
