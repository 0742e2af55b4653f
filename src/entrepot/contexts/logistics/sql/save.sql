-- Each change names the state that it leaves, so that a missing lock shows as a missing row.
update logistics.parcels p set
    state = c.after,
    changed_at = c.changed_at,
    delivered_at = c.delivered_at,
    closed_at = c.closed_at
from unnest(
    cast(:ids as bigint[]), cast(:before as text[]), cast(:after as text[]),
    cast(:changed as timestamptz[]), cast(:delivered as timestamptz[]),
    cast(:closed as timestamptz[])
) as c (id, before, after, changed_at, delivered_at, closed_at)
where p.id = c.id and p.state = c.before
