-- Numbers for parcels, as far as they are free; in their order, so that two batches do not wait for
-- each other.
insert into logistics.tracking_numbers (carrier, tracking_number, parcel_id)
select w.carrier, w.number, w.parcel_id
from unnest(
    cast(:carriers as text[]), cast(:numbers as text[]), cast(:parcels as bigint[])
) as w (carrier, number, parcel_id)
order by w.carrier, w.number, w.parcel_id
on conflict (carrier, tracking_number) do nothing
returning parcel_id
