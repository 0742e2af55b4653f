-- Orders as the Partner API tells them, each as the text of a JSON object, in the order of the ids.
-- The server puts the text together: it has all that is told at hand, and a page has thousands of
-- values that nobody but the caller looks at. What people typed passes through to_json, what is one
-- of our own words does not. Each text lacks its closing brace: `dispatch_due_at` is told behind it
-- for orders that wait, and `waits` tells which do.
--
-- A space stands before `true` and `false`: a word behind a colon would be the name of a value.
--
-- Given beside the ids: carriers and ways of sending as the rules of the day name them, and what
-- the smallest unit of each currency is worth.
with carrier as (
    select c.key, cast(to_json(c.name) as text) || ',"shipping_provider_id":"' || c.id || '"' as told
    from unnest(cast(:carriers as text[]), cast(:names as text[]), cast(:carrier_ids as bigint[]))
        as c (key, name, id)
),
-- A unit in a parcel.
carried as materialized (
    select i.order_id, i.pos, u.n, p.id, p.state, p.origin,
        cast(floor(date_part('epoch', p.labelled_at)) as bigint) as labelled_s,
        coalesce(c.told, cast(to_json(p.carrier) as text)) as carrier,
        cast(to_json(p.tracking_number) as text) as number
    from logistics.parcel_lines i
    join logistics.parcels p on p.id = i.parcel_id
    cross join lateral unnest(i.units) as u (n)
    left join carrier c on c.key = p.carrier
    where i.order_id = any(cast((select cast(:ids as bigint[])) as bigint[]))
        and p.state <> 'cancelled'
),
-- What an order tells of its parcels: of who brings them, it names the first one's.
sent as materialized (
    select p.order_id, string_agg('{"id":"' || p.id || '"}', ',' order by p.id) as packages,
        coalesce((array_agg(
            ',"shipping_provider":' || p.carrier || ',"tracking_number":' || coalesce(p.number, 'null')
            order by p.id
        ))[1], '')
        || coalesce(',"rts_time":' || min(p.labelled_s), '')
        || case
            when (array_agg(p.origin order by p.id))[1] = 'combined'
                then ',"split_or_combine_tag":"COMBINED"'
            when count(*) > 1 then ',"split_or_combine_tag":"SPLIT"'
            else ''
        end as told
    from (
        select distinct on (c.order_id, c.id) c.order_id, c.id, c.origin, c.labelled_s, c.carrier,
            c.number
        from carried c order by c.order_id, c.id
    ) p
    group by p.order_id
),
-- Who wanted out: the last one whose wish is open, and the last one who was let go.
wish as materialized (
    select c.order_id,
        coalesce((array_agg(c.asked_by = 'buyer' order by c.asked_at desc)
            filter (where c.state = 'requested'))[1], false) as buyer_asks,
        max(floor(date_part('epoch', c.asked_at)))
            filter (where c.state = 'requested') as asked_s,
        (array_agg(w.initiator order by c.asked_at)
            filter (where c.state = 'requested'))[1] as asker,
        (array_agg(w.initiator order by c.asked_at desc)
            filter (where c.state = 'accepted'))[1] as who,
        (array_agg(cast(to_json(upper(left(w.reason, 1)) || lower(substr(w.reason, 2))) as text)
            order by c.asked_at desc) filter (where c.state = 'accepted'))[1] as reason
    from orders.cancellations c
    cross join lateral (
        select case c.asked_by when 'buyer' then 'BUYER' when 'merchant' then 'SELLER' else 'SYSTEM'
            end as initiator, replace(c.reason, '_', ' ') as reason
    ) w
    where c.order_id = any(cast((select cast(:ids as bigint[])) as bigint[]))
        and c.state in ('requested', 'accepted')
    group by c.order_id
),
head as materialized (
    select w.n, o.*, m.unit, x.packages, x.told as sent,
        h.buyer_asks, h.asked_s, h.asker, h.who, h.reason,
        coalesce(
            ',"cancel_reason":' || h.reason || ',"cancel_user":"' || h.who || '"', ''
        ) as withdrawn,
        o.state in ('cancelled', 'lost', 'returned_to_sender') as ended,
        o.state in ('awaiting_shipment', 'partially_shipping', 'awaiting_collection') as waits
    from unnest((select cast(:ids as bigint[]))) with ordinality as w (id, n)
    join orders.orders o on o.id = w.id
    left join unnest(cast(:currencies as text[]), cast(:units as numeric[]))
        as m (currency, unit) on m.currency = o.currency
    left join sent x on x.order_id = o.id
    left join wish h on h.order_id = o.id
),
line as (
    select h.n as nth, h.state, h.unit, h.ended, h.waits, h.withdrawn,
        l.order_id, l.pos, l.quantity, l.first_unit, l.taken, l.cancelled + l.shipped as gone,
        l.list_minor, l.seller_discount_minor, l.platform_discount_minor, l.shipping_minor,
        l.tax_minor, l.inputs,
        t.content -> 'flags' ->> 'parcel_shipper' as shipper, p.location_id, k.keeper_id,
        '","sku_id":"' || l.sku_id || '","product_id":"' || l.product_id
        || '","product_name":' || cast(to_json(l.title) as text)
        || ',"seller_sku":' || cast(to_json(s.code) as text)
        || ',"sku_name":' || coalesce((
            select cast(to_json(string_agg(o.value, ', ')) as text) from jsonb_each_text(s.options) o
        ), '""')
        || ',"sku_type":"NORMAL","is_gift": false,"is_dangerous_good": false,"currency":"'
        || h.currency || '","original_price":"' as goods
    from head h
    join orders.lines l on l.order_id = h.id
    join orders.terms t on t.id = l.terms_id
    join catalog.skus s on s.id = l.sku_id
    left join lateral (
        select r.position_id from inventory.reservations r
        where r.order_id = l.order_id and r.pos = l.pos
        order by r.round desc, r.position_id desc limit 1
    ) as place on true
    left join inventory.positions p on p.id = place.position_id
    left join inventory.locations k on k.id = p.location_id
),
-- An item is one unit: all units of a line add up to its amounts.
item as (
    select l.nth, l.pos, u.n,
        '{"id":"' || l.first_unit + u.n || l.goods || a.list * l.unit
        || '","sale_price":"' || (a.list - a.seller - a.platform) * l.unit
        || '","seller_discount":"' || a.seller * l.unit
        || '","platform_discount":"' || a.platform * l.unit
        || case
            when l.tax_minor = 0 then '"'
            else '","item_tax":[' || coalesce((
                select string_agg(
                    '{"tax_type":"SALES_TAX","tax_amount":"' || l.unit * case
                        when l.quantity = 1 then cast(tax ->> 'minor' as bigint)
                        else kernel.share(cast(tax ->> 'minor' as bigint), u.n + 1, l.quantity)
                            - kernel.share(cast(tax ->> 'minor' as bigint), u.n, l.quantity)
                    end
                    || '","tax_rate":"' || trim_scale(cast(tax ->> 'rate_ppm' as numeric) / 1000000)
                    || '"}', ','
                )
                from jsonb_array_elements(l.inputs -> 'taxes') as tax
                where not cast(tax ->> 'included' as boolean)
            ), '') || ']'
        end
        || ',"display_status":"' || z.status || '","package_status":"' || case
            when c.state is null then case z.status when 'CANCELLED' then 'CANCELLED' else 'TO_FULFILL' end
            when c.state = 'created' then 'TO_FULFILL'
            when c.state = 'labelled' then 'PROCESSING'
            when c.state in ('handed_over', 'in_transit') then 'FULFILLING'
            when c.state = 'delivered' then 'COMPLETED'
            else 'CANCELLED'
        end || '"'
        || coalesce(',"package_id":"' || c.id || '"', '')
        || coalesce(
            ',"shipping_provider_name":' || c.carrier
            || ',"tracking_number":' || coalesce(c.number, 'null'), ''
        )
        || coalesce(',"rts_time":' || c.labelled_s, '')
        || case z.status when 'CANCELLED' then l.withdrawn else '' end
        || '}' as told
    from line l
    cross join lateral generate_series(0, l.quantity - 1) as u (n)
    cross join lateral (
        select
            case when l.quantity = 1 then l.list_minor else
                kernel.share(l.list_minor, u.n + 1, l.quantity)
                - kernel.share(l.list_minor, u.n, l.quantity) end as list,
            case when l.quantity = 1 then l.seller_discount_minor else
                kernel.share(l.seller_discount_minor, u.n + 1, l.quantity)
                - kernel.share(l.seller_discount_minor, u.n, l.quantity) end as seller,
            case when l.quantity = 1 then l.platform_discount_minor else
                kernel.share(l.platform_discount_minor, u.n + 1, l.quantity)
                - kernel.share(l.platform_discount_minor, u.n, l.quantity) end as platform
    ) a
    left join carried c on c.order_id = l.order_id and c.pos = l.pos and c.n = u.n
    cross join lateral (
        select case
            when c.state = 'created' then 'AWAITING_SHIPMENT'
            when c.state = 'labelled' then 'AWAITING_COLLECTION'
            when c.state in ('handed_over', 'in_transit') then 'IN_TRANSIT'
            when c.state = 'delivered' then
                case l.state when 'completed' then 'COMPLETED' else 'DELIVERED' end
            when c.state is not null or l.ended then 'CANCELLED'
            when case when l.taken is null then u.n < l.gone else u.n = any(l.taken) end
                then 'CANCELLED'
            when l.waits then 'AWAITING_SHIPMENT'
            else upper(l.state)
        end as status
    ) z
),
items as materialized (
    select i.nth, string_agg(i.told, ',' order by i.pos, i.n) as told from item i group by i.nth
),
total as materialized (
    select l.nth, sum(l.list_minor) as list, sum(l.seller_discount_minor) as seller,
        sum(l.platform_discount_minor) as platform, sum(l.shipping_minor) as shipping,
        sum(l.tax_minor) as tax,
        coalesce(sum((
            select sum(cast(p ->> 'minor' as bigint))
            from jsonb_array_elements(l.inputs -> 'promotions') as p
            where p ->> 'layer' = 'shipping_discount'
        )), 0) as off,
        (array_agg(
            case l.keeper_id when 0 then 'FULFILLMENT_BY_TIKTOK' else 'FULFILLMENT_BY_SELLER' end
            || y.told || coalesce(',"warehouse_id":"' || l.location_id || '"', '') order by l.pos
        ))[1] as way
    from line l
    join unnest(cast(:shippers as text[]), cast(:ways as text[])) as y (shipper, told)
        on y.shipper = l.shipper
    group by l.nth
)
select h.waits, h.market, h.mode, h.seller_type, h.timers, h.paid_at,
    '{"id":"' || h.id
    || '","status":"' || case when h.ended then 'CANCELLED' else upper(h.state) end
    || '","create_time":' || floor(date_part('epoch', h.placed_at))
    || ',"update_time":' || floor(date_part('epoch', h.changed_at))
    || ',"delivery_type":"HOME_DELIVERY","commerce_platform":"TIKTOK_SHOP","order_type":"NORMAL"'
    || ',"is_cod": false'
    -- Each one is on hold, or was, or will be.
    || ',"is_on_hold_order": true'
    -- Nobody orders samples here, or changes where an order goes.
    || ',"is_sample_order": false,"has_updated_recipient_address": false'
    || ',"fulfillment_type":"' || t.way
    || coalesce(',"payment_method_name":' || cast(to_json(i.method) as text), '')
    || ',"is_buyer_request_cancel":' || case when h.buyer_asks then 'true' else 'false' end
    || coalesce(',"request_cancel_time":' || h.asked_s, '')
    || case when h.ended and h.who is not null
        then ',"cancellation_initiator":"' || h.who || '","cancel_reason":' || h.reason
        else coalesce(',"cancellation_initiator":"' || h.asker || '"', '')
    end
    || ',"packages":[' || coalesce(h.packages, '')
    || '],"payment":{"currency":"' || h.currency
    || '","total_amount":"' || h.total_minor * h.unit
    || '","sub_total":"' || (t.list - t.seller - t.platform) * h.unit
    || '","original_total_product_price":"' || t.list * h.unit
    || '","seller_discount":"' || t.seller * h.unit
    || '","platform_discount":"' || t.platform * h.unit
    || '","original_shipping_fee":"' || (t.shipping + t.off) * h.unit
    || '","shipping_fee":"' || t.shipping * h.unit
    || '","shipping_fee_seller_discount":"' || t.off * h.unit
    || '","shipping_fee_platform_discount":"' || 0 * h.unit
    || '","tax":"' || t.tax * h.unit
    || '"},"recipient_address":' || case
        -- Only the country, as long as the order is on hold.
        when h.state in ('unpaid', 'on_hold') then '{"region_code":' || a.country || '}'
        else '{"name":' || a.name || ',"first_name":' || a.name || ',"last_name":"","phone_number":'
            || a.phone || ',"region_code":' || a.country || ',"postal_code":' || a.code
            || ',"full_address":' || a.whole || ',"address_detail":' || a.street
            || ',"address_line1":' || a.street || ',"address_line2":' || a.extra
            || ',"district_info":['
            || '{"address_level":"L0","address_level_name":"Country","address_name":' || a.country
            || case when a.region = '""' then '' else
                '},{"address_level":"L1","address_level_name":"State","address_name":' || a.region end
            || case when a.city = '""' then '' else
                '},{"address_level":"L2","address_level_name":"City","address_name":' || a.city end
            || '}]}'
    end
    || ',"line_items":[' || x.told || ']'
    || coalesce(',"user_id":"' || g.buyer_id || '"', '')
    || coalesce(
        ',"is_replacement_order": true,"replaced_order_id":"' || h.replaces_id || '"',
        ',"is_replacement_order": false'
    )
    || coalesce(',"paid_time":' || floor(date_part('epoch', h.paid_at)), '')
    || coalesce(',"collection_time":' || floor(date_part('epoch', h.dispatched_at)), '')
    || coalesce(',"delivery_time":' || floor(date_part('epoch', h.delivered_at)), '')
    || case
        when h.ended then coalesce(',"cancel_time":' || floor(date_part('epoch', h.closed_at)), '')
        when h.due_at is null then ''
        when h.waits then ',"shipping_due_time":' || floor(date_part('epoch', h.due_at))
            || ',"cancel_order_sla_time":' || floor(date_part('epoch', h.due_at))
        when h.state = 'unpaid'
            then ',"cancel_order_sla_time":' || floor(date_part('epoch', h.due_at))
        else ''
    end
    || coalesce(h.sent, '') as told
from head h
join orders.groups g on g.id = h.group_id
join orders.recipients r on r.group_id = h.group_id
left join payments.intents i on i.group_id = h.group_id
join items x on x.nth = h.n
join total t on t.nth = h.n
cross join lateral (
    select cast(to_json(r.name) as text) as name, cast(to_json(r.phone) as text) as phone,
        cast(to_json(g.country) as text) as country,
        cast(to_json(coalesce(r.address ->> 'street', '')) as text) as street,
        cast(to_json(coalesce(r.address ->> 'extra', '')) as text) as extra,
        cast(to_json(coalesce(r.address ->> 'city', '')) as text) as city,
        cast(to_json(coalesce(r.address ->> 'region', '')) as text) as region,
        cast(to_json(coalesce(r.address ->> 'postal_code', '')) as text) as code,
        cast(to_json(concat_ws(
            ', ', nullif(r.address ->> 'street', ''), nullif(r.address ->> 'extra', ''),
            nullif(r.address ->> 'city', ''), nullif(r.address ->> 'region', ''),
            nullif(r.address ->> 'postal_code', ''), nullif(g.country, '')
        )) as text) as whole
    offset 0
) as a
order by h.n
