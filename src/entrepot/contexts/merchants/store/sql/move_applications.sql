update merchants.applications a
set state = m.after, due_at = m.due_at, rule = m.rule, shop_id = m.shop_id, moved_at = :at
from unnest(
    cast(:ids as bigint[]), cast(:before as text[]), cast(:after as text[]),
    cast(:dues as timestamptz[]), cast(:rules as text[]), cast(:shops as bigint[])
) as m (id, before, after, due_at, rule, shop_id)
where a.id = m.id and a.state = m.before
