-- One statement for each payee, shop and currency that has something to settle on this day: claims
-- that are due and not held by an open case, or a reserve that is due for release. The claims get
-- their statement and their reserve here, too: what it adds up is what it settles, and they are
-- looked for once.
with due as materialized (
    select id, payee_id, shop_id, currency, minor,
        case when minor > 0 and reserve_bp > 0 and reserve_until > :due
            then kernel.share(minor, reserve_bp, 10000) else 0 end as reserved
    from settlement.claims c
    where c.statement_id is null and c.market = :market and c.eligible_at <= :due
        and not exists (
            select from settlement.holds h
            where h.order_id = c.order_id and h.opened_at <= :due
                and (h.closed_at is null or h.closed_at > :due)
        )
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
    update settlement.claims c set
        statement_id = made.id,
        reserved_minor = due.reserved
    from due join made using (payee_id, shop_id, currency)
    where c.id = due.id
    returning c.id, c.statement_id, c.payee_id, c.shop_id, c.order_id, c.pos, c.currency,
        c.reserved_minor, c.reserve_until
)
insert into settlement.reserve_holds (
    claim_id, statement_id, payee_id, shop_id, market, order_id, pos, currency, held_minor,
    release_at
)
select id, statement_id, payee_id, shop_id, :market, order_id, pos, currency, reserved_minor,
    reserve_until
from settled
where reserved_minor > 0
