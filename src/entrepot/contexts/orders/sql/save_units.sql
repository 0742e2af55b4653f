update orders.lines l set
    cancelled = l.cancelled + u.cancelled,
    shipped = l.shipped + u.shipped,
    delivered = l.delivered + u.delivered,
    returned = l.returned + u.returned,
    refunded_minor = l.refunded_minor + u.refunded,
    taken = coalesce(cast(u.taken as int[]), l.taken)
from unnest(
    cast(:orders as bigint[]), cast(:pos as smallint[]), cast(:cancelled as int[]),
    cast(:shipped as int[]), cast(:delivered as int[]), cast(:returned as int[]),
    cast(:refunded as bigint[]), cast(:taken as text[])
) as u (order_id, pos, cancelled, shipped, delivered, returned, refunded, taken)
where l.order_id = u.order_id and l.pos = u.pos
