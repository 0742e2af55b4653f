-- What parcels hold, written whole. Arrays of arrays have no ragged rows: units come as texts.
insert into logistics.parcel_lines (parcel_id, order_id, pos, units)
select l.parcel_id, l.order_id, l.pos, cast(l.units as int[])
from unnest(
    cast(:parcels as bigint[]), cast(:orders as bigint[]), cast(:pos as smallint[]),
    cast(:units as text[])
) as l (parcel_id, order_id, pos, units)
