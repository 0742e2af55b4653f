insert into catalog.listings (
    id, product_id, shop_id, merchant_id, market, category_id, title, description, details, state,
    listed_at, updated_at
)
select l.*, cast(:now as timestamptz), cast(:now as timestamptz) from unnest(
    cast(:ids as bigint[]), cast(:products as bigint[]), cast(:shops as bigint[]),
    cast(:merchants as bigint[]), cast(:markets as text[]), cast(:categories as text[]),
    cast(:titles as text[]), cast(:descriptions as text[]), cast(:details as jsonb[]),
    cast(:states as text[])
) as l
on conflict (product_id, market) do nothing
returning id
