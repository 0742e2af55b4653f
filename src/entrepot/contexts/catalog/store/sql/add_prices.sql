with wish as (
    select * from unnest(
        cast(:skus as bigint[]), cast(:markets as text[]), cast(:listings as bigint[]),
        cast(:prices as bigint[]), cast(:shippings as bigint[]), cast(:currencies as text[]),
        cast(:sides as text[]), cast(:rules as text[])
    ) as w (sku_id, market, listing_id, price_minor, shipping_minor, currency, side, rule)
), offer as (
    insert into catalog.offers as o
        (sku_id, market, listing_id, price_minor, shipping_minor, currency, version)
    select sku_id, market, listing_id, price_minor, shipping_minor, currency, 1
    from wish order by sku_id, market
    on conflict (sku_id, market) do update set
        price_minor = excluded.price_minor,
        shipping_minor = excluded.shipping_minor,
        version = o.version + 1
    returning sku_id, market, version
)
insert into catalog.prices (
    sku_id, market, version, price_minor, shipping_minor, currency, from_at, actor, side, rule
)
select w.sku_id, w.market, o.version, w.price_minor, w.shipping_minor, w.currency,
    cast(:now as timestamptz), cast(:actor as text), w.side, w.rule
from wish w join offer o using (sku_id, market)
returning sku_id, market, version
