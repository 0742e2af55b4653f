select order_id
from inventory.reservations
where expires_at <= :as_of and shipped + released < quantity
group by order_id
order by min(expires_at), order_id
limit :at_most
