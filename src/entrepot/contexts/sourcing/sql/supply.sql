-- The agreement that covers the day, and of its prices that have begun the one that began last.
select a.sku_id, a.supplier_id, a.id as agreement_id, a.basis, a.currency, a.terms_days,
    p.version, p.unit_minor
from sourcing.agreements a
join lateral (
    select version, unit_minor
    from sourcing.prices
    where agreement_id = a.id and from_on <= :day
    order by from_on desc, version desc
    limit 1
) p on true
where a.market = :market and a.sku_id = any(cast(:skus as bigint[]))
  and a.opened_on <= :day and (a.ended_on is null or a.ended_on >= :day)
