with fitting as (
    select g.product_id
    from catalog.global_products g
    where g.merchant_id = :merchant
        and (cast(:made_from as timestamptz) is null or g.made_at >= :made_from)
        and (cast(:made_to as timestamptz) is null or g.made_at <= :made_to)
        and (cast(:updated_from as timestamptz) is null or g.updated_at >= :updated_from)
        and (cast(:updated_to as timestamptz) is null or g.updated_at <= :updated_to)
        and (cardinality(cast(:codes as text[])) = 0 or exists (
            select from catalog.skus s
            where s.product_id = g.product_id and s.removed_at is null and s.code = any(:codes)
        ))
        and case cast(:state as text)
            when 'deleted' then g.deleted_at is not null
            when 'published' then g.deleted_at is null and exists (
                select from catalog.listings l
                where l.product_id = g.product_id and l.state <> 'deleted'
            )
            when 'unpublished' then g.deleted_at is null and not exists (
                select from catalog.listings l
                where l.product_id = g.product_id and l.state <> 'deleted'
            )
            else g.deleted_at is null
        end
)
select
    array(
        select product_id from fitting
        where cast(:after as bigint) is null or product_id < :after
        order by product_id desc limit :limit
    ) as ids,
    (select count(*) from (select from fitting limit 10000) as counted) as total
