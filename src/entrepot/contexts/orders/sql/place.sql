-- n groups with their orders, lines and recipients in one statement: what was quoted is copied
-- within the database, never computed again.
with wanted as (
    select q.id as quote_id, q.market, q.currency, q.buyer_id, q.country, q.region, q.total_minor,
        q.lines, w.group_id, w.placed_at, w.name, w.email, w.phone, w.address
    from unnest(
        cast(:quotes as bigint[]), cast(:groups as bigint[]), cast(:placed as timestamptz[]),
        cast(:names as text[]), cast(:emails as text[]), cast(:phones as text[]),
        cast(:addresses as jsonb[])
    ) as w (quote_id, group_id, placed_at, name, email, phone, address)
    join orders.quotes q on q.id = w.quote_id
), made_groups as (
    insert into orders.groups (
        id, quote_id, market, currency, buyer_id, country, region, total_minor, placed_at
    )
    select group_id, quote_id, market, currency, buyer_id, country, region, total_minor, placed_at
    from wanted
), made_recipients as (
    insert into orders.recipients (group_id, name, email, phone, address)
    select group_id, name, email, phone, address from wanted
), heads as (
    select h.order_id, h.quote_id, h.n, h.shop_id, h.merchant_id, h.record_id, h.mode,
        h.seller_type, h.total_minor, h.due_at, h.timers
    from unnest(
        cast(:order_ids as bigint[]), cast(:order_quotes as bigint[]), cast(:numbers as int[]),
        cast(:shops as bigint[]), cast(:merchants as bigint[]), cast(:records as bigint[]),
        cast(:modes as text[]), cast(:seller_types as text[]), cast(:totals as bigint[]),
        cast(:due as timestamptz[]), cast(:timers as text[])
    ) as h (
        order_id, quote_id, n, shop_id, merchant_id, record_id, mode, seller_type,
        total_minor, due_at, timers
    )
), made_orders as (
    insert into orders.orders (
        id, group_id, shop_id, merchant_id, record_id, market, mode, seller_type, currency,
        state, total_minor, placed_at, changed_at, due_at, timers
    )
    select heads.order_id, wanted.group_id, heads.shop_id, heads.merchant_id, heads.record_id,
        wanted.market, heads.mode, heads.seller_type, wanted.currency, 'unpaid',
        heads.total_minor, wanted.placed_at, wanted.placed_at, heads.due_at, heads.timers
    from heads join wanted using (quote_id)
)
insert into orders.lines (
    order_id, pos, sku_id, listing_id, product_id, title, quantity, terms_id, unit_price_minor,
    list_minor, seller_discount_minor, platform_discount_minor, shipping_minor, tax_minor,
    payment_minor, parts, inputs
)
select heads.order_id, l.pos, l.sku_id, l.listing_id, l.product_id, l.title, l.quantity,
    l.terms_id, l.unit_price_minor, l.list_minor, l.seller_discount_minor,
    l.platform_discount_minor, l.shipping_minor, l.tax_minor, l.payment_minor, l.parts, l.inputs
from wanted
cross join lateral jsonb_to_recordset(wanted.lines) as l (
    "order" int, pos smallint, sku_id bigint, listing_id bigint, product_id bigint, title text,
    quantity int, terms_id bigint, unit_price_minor bigint, list_minor bigint,
    seller_discount_minor bigint, platform_discount_minor bigint, shipping_minor bigint,
    tax_minor bigint, payment_minor bigint, parts jsonb, inputs jsonb
)
join heads on heads.quote_id = wanted.quote_id and heads.n = l."order"
