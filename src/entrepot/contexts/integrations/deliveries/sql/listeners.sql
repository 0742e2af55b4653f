-- Who hears of these shops. An endpoint for the shop goes before the app's own.
select found.app_id, found.shop_id, found.organisation_id, found.event, found.address,
    coalesce(a.scopes, array[]::text[]) as scopes, a.id is not null as live
from (
    select e.app_id, e.shop_id, s.organisation_id, e.event, e.address
    from integrations.endpoints e
    join unnest(cast(:shops as bigint[]), cast(:organisations as bigint[]))
        as s (shop_id, organisation_id) using (shop_id)
    union all
    select e.app_id, s.shop_id, s.organisation_id, e.event, e.address
    from integrations.app_endpoints e
    cross join unnest(cast(:shops as bigint[]), cast(:organisations as bigint[]))
        as s (shop_id, organisation_id)
    where not exists (
        select from integrations.endpoints o
        where o.app_id = e.app_id and o.shop_id = s.shop_id and o.event = e.event
    )
) found
join integrations.apps on apps.id = found.app_id and apps.state = 'active'
left join integrations.authorisations a
    on a.app_id = found.app_id and a.organisation_id = found.organisation_id
    and a.revoked_at is null and a.ends_at > :at and a.kind = 'seller'
order by found.app_id, found.shop_id, found.event
