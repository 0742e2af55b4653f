-- Who asked to cancel orders and why: what waits for consent, and what was done last.
select distinct on (c.order_id, c.state) c.order_id, c.state, c.asked_by, c.reason, c.asked_at
from orders.cancellations c
where c.order_id = any(cast(:ids as bigint[])) and c.state in ('requested', 'accepted')
order by c.order_id, c.state, c.asked_at desc
