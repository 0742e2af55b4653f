update settlement.reserve_holds r set
    released_minor = r.held_minor - r.consumed_minor,
    released_on = s.id
from settlement.statements s
where s.market = :market and s.due_at = :due
    and s.payee_id = r.payee_id and s.shop_id = r.shop_id and s.currency = r.currency
    and r.market = :market and r.released_on is null and r.release_at <= :due
