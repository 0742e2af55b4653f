with was as (
    select id, category_id from catalog.listings where id = any(cast(:ids as bigint[]))
    order by id for no key update
)
update catalog.listings l set
    category_id = e.category_id, title = e.title, description = e.description,
    details = e.details, updated_at = cast(:now as timestamptz)
from was, unnest(
    cast(:ids as bigint[]), cast(:states as text[]), cast(:categories as text[]),
    cast(:titles as text[]), cast(:descriptions as text[]), cast(:details as jsonb[])
) as e (id, state, category_id, title, description, details)
where was.id = l.id and l.id = e.id and l.state = e.state
returning l.id, was.category_id
