-- n parcels with their lines and first tracking event. One whose number is known already is left
-- out whole: it does not come back.
with made as (
    insert into logistics.parcels (
        id, order_id, merchant_id, market, carrier, tracking_number, state, created_at,
        handed_over_at, changed_at
    )
    select p.id, p.order_id, p.merchant_id, p.market, p.carrier, p.number, p.state, p.at, p.at, p.at
    from unnest(
        cast(:ids as bigint[]), cast(:orders as bigint[]), cast(:merchants as bigint[]),
        cast(:markets as text[]), cast(:carriers as text[]), cast(:numbers as text[]),
        cast(:states as text[]), cast(:times as timestamptz[])
    ) as p (id, order_id, merchant_id, market, carrier, number, state, at)
    on conflict (carrier, tracking_number) do nothing
    returning id, carrier, state, handed_over_at
), packed as (
    insert into logistics.parcel_lines (parcel_id, pos, quantity)
    select l.parcel_id, l.pos, l.quantity
    from unnest(
        cast(:parcels as bigint[]), cast(:pos as smallint[]), cast(:quantities as int[])
    ) as l (parcel_id, pos, quantity)
    join made on made.id = l.parcel_id
), told as (
    insert into logistics.tracking_events (parcel_id, carrier, code, place, at, moved_to)
    select made.id, made.carrier, :code, t.place, made.handed_over_at, made.state
    from unnest(cast(:ids as bigint[]), cast(:places as text[])) as t (id, place)
    join made on made.id = t.id
)
select id from made
