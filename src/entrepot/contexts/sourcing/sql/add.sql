with wish as (
    select * from unnest(
        cast(:ids as bigint[]), cast(:suppliers as bigint[]), cast(:skus as bigint[]),
        cast(:markets as text[]), cast(:bases as text[]), cast(:currencies as text[]),
        cast(:terms as int[]), cast(:days as date[]), cast(:units as bigint[])
    ) as w (id, supplier_id, sku_id, market, basis, currency, terms_days, day, unit_minor)
), added as (
    insert into sourcing.agreements (
        id, supplier_id, sku_id, market, basis, currency, terms_days, opened_on, made_at, made_by
    )
    select id, supplier_id, sku_id, market, basis, currency, terms_days, day,
        cast(:now as timestamptz), cast(:actor as text)
    from wish
    on conflict (sku_id, market) where ended_on is null do nothing
    returning id
), price as (
    insert into sourcing.prices (agreement_id, version, from_on, unit_minor, agreed_at, agreed_by)
    select w.id, 1, w.day, w.unit_minor, cast(:now as timestamptz), cast(:actor as text)
    from wish w join added using (id)
)
select id from added
