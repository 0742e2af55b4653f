-- squawk-ignore-file require-concurrent-index-creation
-- Before the first release: no installation has claims yet that this could hold up.

create index on settlement.open_claims (shop_id, order_id) where shop_id <> 0;
create index on orders.orders (shop_id, placed_at, id) where state = 'in_transit';

-- What shops earn by line: settled, waiting for its day, or expected of what has not arrived yet.
create view settlement.owed as
select
    c.statement_id, c.order_id, c.pos, c.shop_id, c.payee_id, c.currency, c.kind, c.minor,
    c.breakdown, c.started_at, c.eligible_at
from settlement.settled_claims as c
where c.shop_id <> 0 and c.kind in ('sale', 'refund_sale', 'return_shipping')
union all
select
    null, w.order_id, w.pos, w.shop_id, w.payee_id, w.currency, c.kind, w.minor,
    c.breakdown, w.started_at, w.eligible_at
from settlement.open_claims as w
inner join settlement.claims as c on w.claim_id = c.id
where w.shop_id <> 0 and c.kind in ('sale', 'refund_sale', 'return_shipping')
union all
select
    null, l.order_id, l.pos, o.shop_id, o.merchant_id, o.currency, 'expected', n.minor,
    n.breakdown, null, null
from orders.orders as o
inner join orders.lines as l on o.id = l.order_id
cross join lateral (
    select
        cast(l.payment_minor - l.refunded_minor + sum(p.left_minor) as bigint) as minor,
        jsonb_build_object('customer_payment', l.payment_minor - l.refunded_minor)
        || coalesce(jsonb_object_agg(p.kind, p.left_minor) filter (where p.kind <> 'net'), '{}')
            as breakdown
    from (
        select
            part ->> 'kind' as kind,
            sum(case when part ->> 'kind' = 'net' then 0 else
                kernel.share(
                    cast(part ->> 'minor' as bigint), l.refunded_minor, l.payment_minor
                ) - cast(part ->> 'minor' as bigint)
            end) as left_minor
        from jsonb_array_elements(l.parts) as part
        group by part ->> 'kind'
    ) as p
    having bool_or(p.kind = 'net')
) as n
where
    o.state in (
        'on_hold', 'awaiting_shipment', 'partially_shipping', 'awaiting_collection', 'in_transit')
    and l.refunded_minor < l.payment_minor
    and not exists (
        select from settlement.claims as c
        where c.order_id = l.order_id and c.pos = l.pos and c.kind = 'sale' and c.shop_id <> 0
    );

-- The same in the words of sellers and their books: an amount is revenue + shipping + fees + taxes,
-- and what the seller pays is negative. Which share of its line an amount is, the buyer's payment in
-- its breakdown tells; what rounding leaves is in the discount.
create view settlement.earnings as
select
    o.*,
    l.product_id, l.sku_id, l.title, l.quantity,
    b.paid, a.subtotal, a.shipping, a.taxes, a.sales_tax, b.fees, b.fee_parts, b.platform_discount,
    b.return_shipping,
    o.minor - b.fees - a.taxes - a.shipping as revenue,
    o.minor - b.fees - a.taxes - a.shipping - a.subtotal as discount
from settlement.owed as o
inner join orders.lines as l on o.order_id = l.order_id and o.pos = l.pos
cross join lateral (
    select
        coalesce(cast(o.breakdown ->> 'customer_payment' as bigint), 0) as paid,
        coalesce(cast(o.breakdown ->> 'platform_promotion' as bigint), 0) as platform_discount,
        coalesce(cast(o.breakdown ->> 'return_shipping' as bigint), 0) as return_shipping,
        coalesce(cast(sum(e.minor) filter (where e.kind like 'tax:%') as bigint), 0) as taxes,
        coalesce(cast(sum(e.minor) filter (where e.is_fee) as bigint), 0) as fees,
        coalesce(jsonb_object_agg(e.kind, e.minor) filter (where e.is_fee), '{}') as fee_parts
    from (
        select
            one.key as kind,
            cast(one.value as bigint) as minor,
            one.key not like 'tax:%'
            and one.key not in (
                'customer_payment', 'platform_promotion', 'shipping', 'return_shipping') as is_fee
        from jsonb_each_text(o.breakdown) as one
    ) as e
) as b
cross join lateral (
    select
        cast(coalesce(kernel.share(l.list_minor, b.paid, nullif(l.payment_minor, 0)), 0) as bigint)
            as subtotal,
        case when o.breakdown ? 'shipping' then 0 else cast(
            coalesce(kernel.share(l.shipping_minor, b.paid, nullif(l.payment_minor, 0)), 0)
        as bigint) end + b.return_shipping as shipping,
        case when l.tax_minor = 0 then b.taxes else 0 end as taxes,
        case when l.tax_minor = 0 then 0 else -b.taxes end as sales_tax
) as a;
