with added as (
insert into settlement.claims (
    payee_id, shop_id, market, kind, source_id, pos, order_id, currency, minor, breakdown, basis,
    tier, rules, started_at, days, eligible_at, reserve_bp, reserve_until
)
select c.payee_id, c.shop_id, c.market, c.kind, c.source_id, c.pos, c.order_id, c.currency,
    c.minor, c.breakdown, c.basis, c.tier, string_to_array(c.rules, ' '), c.started_at,
    c.days, c.eligible_at, c.reserve_bp, c.reserve_until
from unnest(
    cast(:payees as bigint[]), cast(:shops as bigint[]), cast(:markets as text[]),
    cast(:kinds as text[]), cast(:sources as bigint[]), cast(:pos as smallint[]),
    cast(:orders as bigint[]), cast(:currencies as text[]), cast(:minors as bigint[]),
    cast(:breakdowns as jsonb[]), cast(:bases as text[]), cast(:tiers as text[]),
    cast(:rules as text[]), cast(:started as timestamptz[]), cast(:days as int[]), cast(:eligible as timestamptz[]),
    cast(:reserve_bps as int[]), cast(:reserve_until as timestamptz[])
) as c (
    payee_id, shop_id, market, kind, source_id, pos, order_id, currency, minor, breakdown, basis,
    tier, rules, started_at, days, eligible_at, reserve_bp, reserve_until
)
on conflict (kind, source_id, pos, payee_id) do nothing
returning id, payee_id, shop_id, market, order_id, pos, currency, minor, started_at, eligible_at,
    reserve_bp, reserve_until
)
insert into settlement.open_claims (
    claim_id, payee_id, shop_id, market, order_id, pos, currency, minor, started_at, eligible_at,
    reserve_bp, reserve_until
)
select id, payee_id, shop_id, market, order_id, pos, currency, minor, started_at, eligible_at,
    reserve_bp, reserve_until
from added
