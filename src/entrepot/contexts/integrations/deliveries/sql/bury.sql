-- Nothing is tried while a breaker is open: what is too old by then is given up all the same.
update integrations.deliveries
set state = 'dead', reason = 'the endpoint has not answered for a day', answered_at = :at
where queue_id = any(cast(:ids as bigint[])) and state = 'pending' and told_at < :before
