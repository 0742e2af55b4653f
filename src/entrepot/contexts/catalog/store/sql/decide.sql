update catalog.shadows s set
    state = d.state,
    reasons = array(select jsonb_array_elements_text(d.reasons)),
    replaced = d.replaced,
    audit_at = null,
    decided_at = cast(:now as timestamptz)
from unnest(
    cast(:ids as bigint[]), cast(:states as text[]), cast(:reasons as jsonb[]),
    cast(:replaced as jsonb[])
) as d (id, state, reasons, replaced)
where s.listing_id = d.id and s.state = 'auditing'
