update catalog.listings l set
    category_id = e.category_id, title = e.title, description = e.description
from unnest(
    cast(:ids as bigint[]), cast(:states as text[]), cast(:categories as text[]),
    cast(:titles as text[]), cast(:descriptions as text[])
) as e (id, state, category_id, title, description)
where l.id = e.id and l.state = e.state
returning l.id
