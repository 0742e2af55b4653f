-- What the parcels of orders hold, and where they are.
select cast(i.order_id as text) as order_id, i.pos, i.units, cast(p.id as text) as id, p.state,
    p.carrier, p.tracking_number, p.origin,
    cast(floor(date_part('epoch', p.labelled_at)) as bigint) as labelled_s
from logistics.parcel_lines i
join logistics.parcels p on p.id = i.parcel_id
where i.order_id = any(cast((select cast(:ids as bigint[])) as bigint[])) and p.state <> 'cancelled'
order by i.order_id, p.id, i.pos
