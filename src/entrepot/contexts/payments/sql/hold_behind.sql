select i.id from payments.intents i
where i.id in (
    select a.intent_id from payments.attempts a where a.key = any(cast(:keys as text[]))
)
order by i.id
for no key update
