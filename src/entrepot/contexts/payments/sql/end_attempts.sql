update payments.attempts a
set state = change.state, provider_ref = change.ref, reason = change.reason
from unnest(
    cast(:ids as bigint[]), cast(:states as text[]), cast(:refs as text[]), cast(:reasons as text[])
) as change (id, state, ref, reason)
where a.id = change.id
