update settlement.claims c set
    statement_id = s.id,
    reserved_minor = case
        when c.minor > 0 and c.reserve_bp > 0 and c.reserve_until > :due
        then kernel.share(c.minor, c.reserve_bp, 10000) else 0 end
from settlement.statements s
where s.market = :market and s.due_at = :due
    and s.payee_id = c.payee_id and s.shop_id = c.shop_id and s.currency = c.currency
    and c.statement_id is null and c.market = :market and c.eligible_at <= :due
    and not exists (
        select from settlement.holds h
        where h.order_id = c.order_id and h.opened_at <= :due
            and (h.closed_at is null or h.closed_at > :due)
    )
