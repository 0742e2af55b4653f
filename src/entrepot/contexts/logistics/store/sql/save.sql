-- Each change names the state that it leaves, so that a missing lock shows as a missing row.
update logistics.parcels p set
    state = c.after,
    order_id = c.order_id,
    group_id = c.group_id,
    shipper = c.shipper,
    origin = c.origin,
    carrier = c.carrier,
    tracking_number = c.number,
    service = c.service,
    handover = c.handover,
    pickup_from = c.pickup_from,
    pickup_until = c.pickup_until,
    weight_g = c.weight_g,
    length_mm = c.length_mm,
    width_mm = c.width_mm,
    height_mm = c.height_mm,
    note = c.note,
    dispatch = cast(c.dispatch as jsonb),
    labelled_at = c.labelled_at,
    handed_over_at = c.handed_over_at,
    delivered_at = c.delivered_at,
    closed_at = c.closed_at,
    invalid_at = c.invalid_at,
    changed_at = c.changed_at,
    updated_at = c.updated_at
from unnest(
    cast(:ids as bigint[]), cast(:before as text[]), cast(:after as text[]),
    cast(:orders as bigint[]), cast(:groups as bigint[]), cast(:shippers as text[]), cast(:origins as text[]),
    cast(:carriers as text[]), cast(:numbers as text[]), cast(:services as text[]),
    cast(:handovers as text[]), cast(:pickups_from as timestamptz[]),
    cast(:pickups_until as timestamptz[]), cast(:weights as int[]), cast(:lengths as int[]),
    cast(:widths as int[]), cast(:heights as int[]), cast(:notes as text[]),
    cast(:dispatches as text[]), cast(:labelled as timestamptz[]),
    cast(:handed_over as timestamptz[]), cast(:delivered as timestamptz[]),
    cast(:closed as timestamptz[]), cast(:invalid as timestamptz[]),
    cast(:changed as timestamptz[]), cast(:updated as timestamptz[])
) as c (
    id, before, after, order_id, group_id, shipper, origin, carrier, number, service, handover,
    pickup_from, pickup_until, weight_g, length_mm, width_mm, height_mm, note, dispatch,
    labelled_at, handed_over_at, delivered_at, closed_at, invalid_at, changed_at, updated_at
)
where p.id = c.id and p.state = c.before
