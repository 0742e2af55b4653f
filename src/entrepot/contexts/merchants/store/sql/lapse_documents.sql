-- A document lapses when its last day is over (UTC), whenever the sweep comes by.
update merchants.documents
set lapsed_at = cast(expires_on + 1 as timestamp) at time zone 'UTC'
where id in (
    select id from merchants.documents
    where replaced_at is null and lapsed_at is null and expires_on < :day
    order by id limit :at_most for no key update
)
returning id, merchant_id, kind, number, country, file, expires_on, lapsed_at
