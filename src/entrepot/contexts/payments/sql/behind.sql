-- Intents are locked by rising id, each with its attempts; both are read as they are once whoever held
-- them is done: what is locked here is fetched again after a wait.
select a.id, a.intent_id, a.refund_id, a.kind, a.key, a.method, a.amount_minor, a.state,
    a.provider_ref, a.reason, a.begun_at, i.group_id, i.currency, i.provider,
    i.provider_ref as charge_ref, i.method as intent_method, i.amount_minor as intent_minor,
    i.state as intent_state, i.opened_at, i.captured_minor, i.promised_minor, i.refunded_minor
from payments.attempts a join payments.intents i on i.id = a.intent_id
where a.key = any(cast(:keys as text[]))
order by i.id, a.id
for no key update of i, a
