update settlement.statements s set
    consumed_minor = coalesce(used.minor, 0),
    released_minor = coalesce(freed.minor, 0)
from settlement.statements t
left join lateral (
    select sum(u.minor) as minor from settlement.reserve_uses u where u.statement_id = t.id
) as used on true
left join lateral (
    select sum(r.released_minor) as minor from settlement.reserve_holds r where r.released_on = t.id
) as freed on true
where s.id = t.id and t.market = :market and t.due_at = :due
    and (used.minor is not null or freed.minor is not null)
