update payments.provider_events e
set state = mark.state
from unnest(cast(:serials as bigint[]), cast(:states as text[])) as mark (serial, state)
where e.serial = mark.serial
