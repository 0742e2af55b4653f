-- What the parcels of orders hold, and where they are.
select i.order_id, i.pos, i.units, p.id, p.state, p.carrier, p.tracking_number, p.origin,
    p.labelled_at
from logistics.parcel_lines i
join logistics.parcels p on p.id = i.parcel_id
where i.order_id = any(cast(:ids as bigint[])) and p.state <> 'cancelled'
order by i.order_id, p.id, i.pos
