update promotions.promotions p
set rate_bp = item.rate_bp, price_minor = item.price_minor
from unnest(
    cast(:ids as bigint[]), cast(:rates as integer[]), cast(:prices as bigint[])
) as item (id, rate_bp, price_minor)
where p.id = item.id and (p.price_minor is not null) = (item.price_minor is not null)
    and p.amount_minor is null and (item.rate_bp is not null or item.price_minor is not null)
