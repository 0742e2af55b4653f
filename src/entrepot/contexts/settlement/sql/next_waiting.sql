-- Where days are closed, the index begins with what is not there any more until it is vacuumed. It
-- is looked through only if nothing comes due on the very next day: then for what was held or late.
with ahead as (
    select min(eligible_at) as at from settlement.open_claims
    where market = :market and eligible_at > cast(:closed as timestamptz)
)
select least(
    case
        when ahead.at <= cast(:tomorrow as timestamptz) then ahead.at
        else (select min(eligible_at) from settlement.open_claims where market = :market)
    end,
    (
        select min(release_at) from settlement.reserve_holds
        where market = :market and released_on is null and consumed_minor < held_minor
    )
) as at
from ahead
