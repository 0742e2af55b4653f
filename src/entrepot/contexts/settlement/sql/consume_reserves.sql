-- What goes back to buyers is taken from that line's reserve first, also on the statement that has
-- just held it: of what went back before, nothing stays held.
with owed as (
    select c.order_id, c.pos, c.payee_id, s.id as statement_id, -sum(c.minor) as minor
    from settlement.statements s
    join settlement.settled a on a.statement_id = s.id and a.minor < 0
    join settlement.claims c on c.id = a.claim_id
    where s.market = :market and s.due_at = :due and c.order_id is not null
    group by c.order_id, c.pos, c.payee_id, s.id
), taken as (
    update settlement.reserve_holds r set
        consumed_minor = r.consumed_minor
            + least(owed.minor, r.held_minor - r.consumed_minor - r.released_minor)
    from owed
    where r.order_id = owed.order_id and r.pos = owed.pos and r.payee_id = owed.payee_id
        and r.released_on is null and r.consumed_minor < r.held_minor
    returning r.id, owed.statement_id, r.held_minor, owed.minor as wanted, r.consumed_minor as after
)
insert into settlement.reserve_uses (hold_id, statement_id, minor)
-- What was free before is what is free now and what was just taken.
select t.id, t.statement_id,
    t.after - coalesce((select sum(u.minor) from settlement.reserve_uses u where u.hold_id = t.id), 0)
from taken t
