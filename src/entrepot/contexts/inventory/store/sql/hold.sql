with hold as (
    select * from unnest(
        cast(:orders as bigint[]), cast(:pos as smallint[]), cast(:rounds as smallint[]),
        cast(:positions as bigint[]), cast(:quantities as bigint[]),
        cast(:expiries as timestamptz[])
    ) as h (order_id, pos, round, position_id, quantity, expires_at)
), line as (
    insert into inventory.reservations
        (order_id, pos, round, position_id, quantity, reserved_at, expires_at)
    select order_id, pos, round, position_id, quantity, cast(:now as timestamptz), expires_at
    from hold
)
update inventory.positions p set reserved = p.reserved + h.quantity
from (select position_id, sum(quantity) as quantity from hold group by position_id) h
where p.id = h.position_id
