insert into logistics.tracking_events (
    parcel_id, carrier, event_id, code, place, text, at, moved_to
)
select t.parcel_id, t.carrier, t.event_id, t.code, t.place, t.words, t.at, t.moved_to
from unnest(
    cast(:parcels as bigint[]), cast(:carriers as text[]), cast(:event_ids as text[]),
    cast(:codes as text[]), cast(:places as text[]), cast(:texts as text[]),
    cast(:times as timestamptz[]), cast(:moved as text[])
) with ordinality as t (parcel_id, carrier, event_id, code, place, words, at, moved_to, n)
order by t.n
