select id from integrations.queues
where id = any(cast(:ids as bigint[])) and leased_by = :me order by id for no key update
