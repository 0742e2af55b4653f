-- n refunds with their lines.
with made as (
    insert into aftersales.refunds (
        id, order_id, merchant_id, currency, reason, asked_by, recorded_by, refunded_at
    )
    select r.id, r.order_id, r.merchant_id, r.currency, r.reason, r.asked_by, :actor, r.at
    from unnest(
        cast(:ids as bigint[]), cast(:orders as bigint[]), cast(:merchants as bigint[]),
        cast(:currencies as text[]), cast(:reasons as text[]), cast(:sides as text[]),
        cast(:times as timestamptz[])
    ) as r (id, order_id, merchant_id, currency, reason, asked_by, at)
    returning id, order_id
)
insert into aftersales.refund_lines (
    refund_id, pos, order_id, units, minor, before_minor, after_minor, payment_minor
)
select l.refund_id, l.pos, made.order_id, l.units, l.minor, l.before, l.before + l.minor, l.payment
from unnest(
    cast(:refunds as bigint[]), cast(:pos as smallint[]), cast(:units as int[]),
    cast(:minors as bigint[]), cast(:before as bigint[]), cast(:payments as bigint[])
) as l (refund_id, pos, units, minor, before, payment)
join made on made.id = l.refund_id
