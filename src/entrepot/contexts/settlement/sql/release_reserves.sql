-- Each hold finds its statement by the key of statements: there are as many of them as payees.
update settlement.reserve_holds r set
    released_minor = r.held_minor - r.consumed_minor,
    released_on = found.statement_id
from (
    select d.id, s.id as statement_id
    from settlement.reserve_holds d
    cross join lateral (
        select t.id from settlement.statements t
        where t.market = :market and t.due_at = :due
            and t.payee_id = d.payee_id and t.shop_id = d.shop_id and t.currency = d.currency
        limit 1
    ) s
    where d.market = :market and d.released_on is null and d.release_at <= :due
) as found
where r.id = found.id
