-- Of two merchants with one legal person, the verified one is right, else who applied first.
select mine.id
from merchants.applications mine
join merchants.companies own on own.merchant_id = mine.merchant_id
where mine.id = any(cast(:ids as bigint[])) and exists (
    select from merchants.companies other
    where other.country = own.country and other.number = own.number
        and other.merchant_id <> own.merchant_id
        and (other.verified_at is not null or exists (
            select from merchants.applications theirs
            where theirs.merchant_id = other.merchant_id and theirs.id < mine.id
                and theirs.state in (
                    'submitted', 'in_review', 'needs_correction', 'awaiting_deposit', 'opened'
                )
        ))
)
