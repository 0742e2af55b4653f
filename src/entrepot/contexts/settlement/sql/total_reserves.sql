update settlement.statements s set
    consumed_minor = coalesce(used.minor, 0),
    released_minor = coalesce(freed.minor, 0)
from settlement.statements t
left join (
    select u.statement_id, sum(u.minor) as minor from settlement.reserve_uses u group by 1
) as used on used.statement_id = t.id
left join (
    select r.released_on, sum(r.released_minor) as minor from settlement.reserve_holds r
    where r.released_on is not null group by 1
) as freed on freed.released_on = t.id
where s.id = t.id and t.market = :market and t.due_at = :due
    and (used.minor is not null or freed.minor is not null)
