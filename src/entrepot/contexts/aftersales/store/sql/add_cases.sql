-- n cases with their lines.
with made as (
    insert into aftersales.cases (
        id, order_id, group_id, buyer_id, shop_id, merchant_id, market, mode, seller_type,
        currency, kind, state, opened_by, reason, refund_as, seller_fault, offered_minor,
        declined, refunds, ruling, evidence_until, carrier, tracking_number, label_file,
        way_back_minor, way_back_bearer, combined_id, sent_at, received_at, grade, replacement_id,
        timers, costs, opened_at, changed_at, due_at
    )
    select c.* from unnest(
        cast(:ids as bigint[]), cast(:order_id as bigint[]), cast(:group_id as bigint[]),
        cast(:buyer_id as bigint[]), cast(:shop_id as bigint[]), cast(:merchant_id as bigint[]),
        cast(:market as text[]), cast(:mode as text[]), cast(:seller_type as text[]),
        cast(:currency as text[]), cast(:kind as text[]), cast(:state as text[]),
        cast(:opened_by as text[]), cast(:reason as text[]), cast(:refund_as as text[]),
        cast(:seller_fault as boolean[]), cast(:offered_minor as bigint[]),
        cast(:declined as boolean[]), cast(:refunds as boolean[]), cast(:ruling as text[]),
        cast(:evidence_until as timestamptz[]), cast(:carrier as text[]),
        cast(:tracking_number as text[]), cast(:label_file as bigint[]),
        cast(:way_back_minor as bigint[]), cast(:way_back_bearer as text[]),
        cast(:combined_id as bigint[]),
        cast(:sent_at as timestamptz[]), cast(:received_at as timestamptz[]),
        cast(:grade as text[]), cast(:replacement_id as bigint[]), cast(:timers as text[]),
        cast(:costs as text[]),
        cast(:opened_at as timestamptz[]), cast(:changed_at as timestamptz[]),
        cast(:due_at as timestamptz[])
    ) as c
    returning id
)
insert into aftersales.case_lines (case_id, pos, units, minor)
select l.case_id, l.pos, cast(l.units as int[]), l.minor
from unnest(
    cast(:line_cases as bigint[]), cast(:pos as smallint[]), cast(:units as text[]),
    cast(:minors as bigint[])
) as l (case_id, pos, units, minor)
join made on made.id = l.case_id
returning case_id, pos, first_item
