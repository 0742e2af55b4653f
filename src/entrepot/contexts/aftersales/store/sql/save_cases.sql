-- n cases, each as it is after its step.
update aftersales.cases c set
    state = m.state,
    offered_minor = m.offered_minor,
    declined = m.declined,
    refunds = m.refunds,
    ruling = m.ruling,
    evidence_until = m.evidence_until,
    carrier = m.carrier,
    tracking_number = m.tracking_number,
    label_file = m.label_file,
    way_back_minor = m.way_back_minor,
    combined_id = m.combined_id,
    sent_at = m.sent_at,
    received_at = m.received_at,
    grade = m.grade,
    replacement_id = m.replacement_id,
    changed_at = m.changed_at,
    due_at = m.due_at
from unnest(
    cast(:ids as bigint[]), cast(:before as text[]), cast(:state as text[]),
    cast(:offered_minor as bigint[]), cast(:declined as boolean[]), cast(:refunds as boolean[]),
    cast(:ruling as text[]), cast(:evidence_until as timestamptz[]), cast(:carrier as text[]),
    cast(:tracking_number as text[]), cast(:label_file as bigint[]),
    cast(:way_back_minor as bigint[]), cast(:combined_id as bigint[]),
    cast(:sent_at as timestamptz[]), cast(:received_at as timestamptz[]), cast(:grade as text[]),
    cast(:replacement_id as bigint[]), cast(:changed_at as timestamptz[]),
    cast(:due_at as timestamptz[])
) as m (
    id, before, state, offered_minor, declined, refunds, ruling, evidence_until, carrier,
    tracking_number, label_file, way_back_minor, combined_id, sent_at, received_at, grade,
    replacement_id, changed_at, due_at
)
where c.id = m.id and c.state = m.before
