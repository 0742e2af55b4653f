insert into catalog.shadows (
    listing_id, number, category_id, title, description, details, state, reasons, audit_at,
    submitted_at, submitted_by
)
select e.id,
    1 + coalesce((select max(number) from catalog.shadows s where s.listing_id = e.id), 0),
    e.category_id, e.title, e.description, e.details, 'auditing', '{}', e.audit_at,
    cast(:now as timestamptz), cast(:actor as text)
from unnest(
    cast(:ids as bigint[]), cast(:categories as text[]), cast(:titles as text[]),
    cast(:descriptions as text[]), cast(:details as jsonb[]), cast(:audits as timestamptz[])
) as e (id, category_id, title, description, details, audit_at)
returning listing_id, number
