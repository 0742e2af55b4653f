-- Each move names the state that it leaves, so that a missing lock shows as a missing row.
update promotions.promotions p
set state = move.after
from unnest(
    cast(:ids as bigint[]), cast(:before as text[]), cast(:after as text[])
) as move (id, before, after)
where p.id = move.id and p.state = move.before
