delete from integrations.app_endpoints
where app_id = :app_id and event = any(cast(:events as text[]))
