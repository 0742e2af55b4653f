select e.serial, e.provider, e.event_id, e.key, e.result, e.provider_ref, e.reason, e.amount_minor,
    e.payload
from payments.provider_events e
where e.state = 'received'
    or e.state = 'waiting' and exists (select from payments.attempts a where a.key = e.key)
order by e.serial
limit :at_most
for no key update skip locked
