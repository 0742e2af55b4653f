-- Counts what fits under the cap, whole or not at all for each shop; the shops are held.
insert into merchants.shop_days as d (shop_id, day_on, orders)
select w.shop_id, :day_on, w.orders
from unnest(
    cast(:ids as bigint[]), cast(:orders as int[]), cast(:caps as int[])
) as w (shop_id, orders, cap)
left join merchants.shop_days t on t.shop_id = w.shop_id and t.day_on = :day_on
where coalesce(t.orders, 0) + w.orders <= w.cap
order by w.shop_id
on conflict (shop_id, day_on) do update set orders = d.orders + excluded.orders
returning shop_id
