-- Counts, movements and reservations change in one statement, so the books never disagree.
with line as (
    update inventory.reservations r set
        shipped = r.shipped + c.shipped,
        released = r.released + c.released,
        returned = r.returned + c.returned,
        released_at = coalesce(c.released_at, r.released_at)
    from (
        select order_id, pos, round, position_id, sum(shipped) as shipped,
            sum(released) as released, sum(returned) as returned, max(released_at) as released_at
        from unnest(
            cast(:orders as bigint[]), cast(:pos as smallint[]), cast(:rounds as smallint[]),
            cast(:held_at as bigint[]), cast(:shipped as bigint[]), cast(:released as bigint[]),
            cast(:returned as bigint[]), cast(:released_at as timestamptz[])
        ) as l (order_id, pos, round, position_id, shipped, released, returned, released_at)
        group by order_id, pos, round, position_id
    ) c
    where (r.order_id, r.pos, r.round, r.position_id)
        = (c.order_id, c.pos, c.round, c.position_id)
), movement as (
    insert into inventory.movements (position_id, kind, quantity, reference, moved_at, actor)
    select m.*, cast(:actor as text) from unnest(
        cast(:moved as bigint[]), cast(:kinds as text[]), cast(:quantities as bigint[]),
        cast(:references as text[]), cast(:times as timestamptz[])
    ) as m
)
update inventory.positions p set
    on_hand = p.on_hand + c.on_hand,
    reserved = p.reserved + c.reserved
from unnest(
    cast(:positions as bigint[]), cast(:on_hand as bigint[]), cast(:reserved as bigint[])
) as c (id, on_hand, reserved)
where p.id = c.id
