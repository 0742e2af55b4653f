-- One statement for each payee, shop and currency that has something to settle on this day: claims
-- that are due and not held by an open case, or a reserve that is due for release. What is taken
-- off the open claims here is what is added up, put on the statement and held back of.
with due as (
    delete from settlement.open_claims c
    where c.market = :market and c.eligible_at <= :due
        and not exists (
            select from settlement.holds h
            where h.order_id = c.order_id and h.opened_at <= :due
                and (h.closed_at is null or h.closed_at > :due)
        )
    returning c.claim_id, c.payee_id, c.shop_id, c.order_id, c.pos, c.currency, c.minor,
        c.reserve_until,
        case when c.minor > 0 and c.reserve_bp > 0 and c.reserve_until > :due
            then cast(kernel.share(c.minor, c.reserve_bp, 10000) as bigint) else 0 end as reserved
), stated as (
    select payee_id, shop_id, currency, count(*) as claims, sum(minor) as minor,
        sum(reserved) as reserved
    from due
    group by payee_id, shop_id, currency
    union all
    select payee_id, shop_id, currency, 0, 0, 0
    from settlement.reserve_holds
    where market = :market and released_on is null and release_at <= :due
        and consumed_minor < held_minor
    group by payee_id, shop_id, currency
), made as (
    insert into settlement.statements (
        payee_id, shop_id, market, currency, stated_on, due_at, claims, minor, reserved_minor
    )
    select payee_id, shop_id, :market, currency, :stated_on, :due,
        sum(claims), sum(minor), sum(reserved)
    from stated
    group by payee_id, shop_id, currency
    order by payee_id, shop_id, currency
    returning id, payee_id, shop_id, currency
), settled as (
    insert into settlement.settled (claim_id, statement_id, minor)
    select due.claim_id, made.id, due.minor
    from due join made using (payee_id, shop_id, currency)
    order by made.id, due.claim_id
)
insert into settlement.reserve_holds (
    claim_id, statement_id, payee_id, shop_id, market, order_id, pos, currency, held_minor,
    release_at
)
select due.claim_id, made.id, due.payee_id, due.shop_id, :market, due.order_id, due.pos,
    due.currency, due.reserved, due.reserve_until
from due join made using (payee_id, shop_id, currency)
where due.reserved > 0
