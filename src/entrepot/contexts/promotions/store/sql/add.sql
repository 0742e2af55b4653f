-- What has a code that is taken is left out.
insert into promotions.promotions (
    id, owner_id, market, layer, title, code, shop_id, product_id, sku_id, activity_id, rate_bp,
    amount_minor, price_minor, currency, min_units, min_spend_minor, max_discount_minor,
    seller_share_bp, new_customers_only, starts_at, ends_at, state
)
select *
from unnest(
    cast(:ids as bigint[]), cast(:owners as bigint[]), cast(:markets as text[]),
    cast(:layers as text[]), cast(:titles as text[]), cast(:codes as text[]),
    cast(:shops as bigint[]), cast(:products as bigint[]), cast(:skus as bigint[]),
    cast(:activities as bigint[]), cast(:rates as integer[]), cast(:amounts as bigint[]),
    cast(:prices as bigint[]), cast(:currencies as text[]), cast(:min_units as integer[]),
    cast(:min_spends as bigint[]), cast(:max_discounts as bigint[]),
    cast(:seller_shares as integer[]), cast(:new_customers as boolean[]),
    cast(:starts as timestamptz[]), cast(:ends as timestamptz[]), cast(:states as text[])
)
on conflict (market, code) where state <> 'ended' do nothing
returning id
