-- n orders without a price, each in a group of its own: what was bought is copied within the
-- database, with nothing to pay and nobody to be paid.
with wanted as (
    select w.order_id, w.group_id, w.quote_id, w.due_at, w.at, o.id as of_id, o.shop_id,
        o.merchant_id, o.record_id, o.market, o.mode, o.seller_type, o.currency, o.timers,
        g.buyer_id, g.country, g.region, q.postal_code, r.name, r.email, r.phone, r.address
    from unnest(
        cast(:ids as bigint[]), cast(:groups as bigint[]), cast(:quotes as bigint[]),
        cast(:of as bigint[]), cast(:due as timestamptz[]), cast(:times as timestamptz[])
    ) as w (order_id, group_id, quote_id, of_id, due_at, at)
    join orders.orders o on o.id = w.of_id
    join orders.groups g on g.id = o.group_id
    join orders.quotes q on q.id = g.quote_id
    join orders.recipients r on r.group_id = g.id
), made_quotes as (
    insert into orders.quotes (
        id, market, currency, buyer_id, country, region, postal_code, total_minor, summary, lines,
        quoted_at, expires_at
    )
    select quote_id, market, currency, buyer_id, country, region, postal_code, 0, '{}', '[]', at, at
    from wanted
), made_groups as (
    insert into orders.groups (
        id, quote_id, market, currency, buyer_id, country, region, total_minor, placed_at
    )
    select group_id, quote_id, market, currency, buyer_id, country, region, 0, at from wanted
), made_recipients as (
    insert into orders.recipients (group_id, name, email, phone, address)
    select group_id, name, email, phone, address from wanted
), made_orders as (
    insert into orders.orders (
        id, group_id, shop_id, merchant_id, record_id, market, mode, seller_type, currency, state,
        total_minor, placed_at, paid_at, changed_at, due_at, timers, replaces_id
    )
    select order_id, group_id, shop_id, merchant_id, record_id, market, mode, seller_type,
        currency, 'on_hold', 0, at, at, at, due_at, timers, of_id
    from wanted
), happened as (
    insert into orders.history (order_id, verb, before, after, actor, reason, at)
    select order_id, 'pay', 'unpaid', 'on_hold', :actor, 'replacement', at from wanted
)
insert into orders.lines (
    order_id, pos, sku_id, listing_id, product_id, title, quantity, terms_id, unit_price_minor,
    list_minor, seller_discount_minor, platform_discount_minor, shipping_minor, tax_minor,
    payment_minor, parts, inputs
)
select wanted.order_id, l.pos, l.sku_id, l.listing_id, l.product_id, l.title, u.quantity,
    l.terms_id, 0, 0, 0, 0, 0, 0, 0, '[]', l.inputs - 'supply' - 'commission'
from unnest(
    cast(:unit_orders as bigint[]), cast(:pos as smallint[]), cast(:quantities as int[])
) as u (order_id, pos, quantity)
join wanted on wanted.order_id = u.order_id
join orders.lines l on l.order_id = wanted.of_id and l.pos = u.pos
