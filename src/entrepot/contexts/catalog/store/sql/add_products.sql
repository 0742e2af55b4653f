with product as (
    insert into catalog.products (id, merchant_id, category_id, title, description, created_at)
    select p.*, cast(:now as timestamptz) from unnest(
        cast(:ids as bigint[]), cast(:merchants as bigint[]), cast(:categories as text[]),
        cast(:titles as text[]), cast(:descriptions as text[])
    ) as p
)
insert into catalog.skus (id, product_id, code, options, details)
select s.* from unnest(
    cast(:skus as bigint[]), cast(:products as bigint[]), cast(:codes as text[]),
    cast(:options as jsonb[]), cast(:sku_details as jsonb[])
) as s
