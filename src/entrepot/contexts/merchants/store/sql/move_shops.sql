update merchants.shops s
set state = m.after, stage = m.stage, order_cap = m.order_cap, listing_cap = m.listing_cap
from unnest(
    cast(:ids as bigint[]), cast(:before as text[]), cast(:after as text[]),
    cast(:stages as text[]), cast(:order_caps as int[]), cast(:listing_caps as int[])
) as m (id, before, after, stage, order_cap, listing_cap)
where s.id = m.id and s.state = m.before
