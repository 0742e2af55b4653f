-- How often, and for how many units, each buyer has used what counts buyers.
select u.promotion_id, u.buyer, count(*) as times, sum(u.units) as units
from unnest(cast(:ids as bigint[]), cast(:buyers as text[])) as asked (promotion_id, buyer)
join promotions.uses u
    on u.promotion_id = asked.promotion_id and u.buyer = asked.buyer and u.given_back_at is null
group by u.promotion_id, u.buyer
