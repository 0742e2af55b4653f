insert into settlement.reserve_holds (
    claim_id, statement_id, payee_id, shop_id, market, order_id, pos, currency, held_minor,
    release_at
)
select c.id, c.statement_id, c.payee_id, c.shop_id, c.market, c.order_id, c.pos, c.currency,
    c.reserved_minor, c.reserve_until
from settlement.claims c
join settlement.statements s on s.id = c.statement_id
where s.market = :market and s.due_at = :due and c.reserved_minor > 0
