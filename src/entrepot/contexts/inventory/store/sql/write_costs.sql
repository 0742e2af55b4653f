with drawn as (
    update inventory.layers l set remaining = l.remaining - d.quantity
    from unnest(cast(:layers as bigint[]), cast(:drawn as bigint[])) as d (id, quantity)
    where l.id = d.id
), draw as (
    insert into inventory.draws (order_id, pos, position_id, quantity, unit_cost_minor)
    select d.order_id, d.pos, d.position_id, d.quantity, d.unit_cost_minor
    from unnest(
        cast(:orders as bigint[]), cast(:pos as smallint[]), cast(:drawn_at as bigint[]),
        cast(:draw_sizes as bigint[]), cast(:draw_costs as bigint[])
    ) with ordinality as d (order_id, pos, position_id, quantity, unit_cost_minor, n)
    order by d.n
), back as (
    update inventory.draws w set returned = w.returned + b.quantity
    from unnest(cast(:draws as bigint[]), cast(:given_back as bigint[])) as b (id, quantity)
    where w.id = b.id
)
insert into inventory.layers (position_id, quantity, remaining, unit_cost_minor, laid_at)
select l.position_id, l.quantity, l.quantity, l.unit_cost_minor, l.laid_at
from unnest(
    cast(:laid as bigint[]), cast(:layer_sizes as bigint[]), cast(:layer_costs as bigint[]),
    cast(:laid_at as timestamptz[])
) with ordinality as l (position_id, quantity, unit_cost_minor, laid_at, n)
order by l.n
