insert into integrations.app_endpoints (app_id, event, address, updated_at)
select :app_id, e, :address, :at from unnest(cast(:events as text[])) as e
on conflict (app_id, event) do update
set address = excluded.address, updated_at = excluded.updated_at
