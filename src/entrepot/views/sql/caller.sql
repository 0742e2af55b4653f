-- Who calls, for whom and about which shop, in one statement: an index of each table is enough.
-- The mode of the shop is that of the last agreed contract that has begun; before the first one
-- begins, the first one's.
with business as (
    select coalesce(held_at, clock_timestamp() + ahead) as now from kernel.clock
)
select app.id as app_id, app.generation as app_generation, app.state as app_state,
    app.scopes as app_scopes, app.name as app_name,
    a.id as authorisation_id, a.organisation_id, a.kind, a.scopes, a.access_ends_at, a.revoked_at,
    s.id as shop_id, s.merchant_id, s.name, s.market, s.seller_type, s.state, s.stage, s.opened_on,
    s.order_cap, s.listing_cap,
    coalesce(
        (
            select c.mode from merchants.contracts c, business b
            where c.shop_id = s.id and c.state = 'agreed' and c.from_at <= b.now
            order by c.from_at desc limit 1
        ),
        (
            select c.mode from merchants.contracts c
            where c.shop_id = s.id and c.state = 'agreed' order by c.from_at limit 1
        )
    ) as mode
from integrations.apps app
left join integrations.authorisations a on a.access = :access and a.app_id = app.id
left join merchants.shops s on s.id = :shop_id and s.merchant_id = a.organisation_id
where app.key = :key
