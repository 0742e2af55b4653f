"""Many orders out of a few real ones, set by set: the same rows under other ids, at other times."""

from collections.abc import Mapping

from .stage import Stage, say

AT_A_TIME = 100_000
STEP_S = 7  # Between one copy and the next.
COLUMNS = (
    "select a.attname::text from pg_attribute a where a.attrelid = %s::regclass and a.attnum > 0"
    " and not a.attisdropped and a.attidentity = '' order by a.attnum"
)
PLAN = """
create temporary table copy as
select o.id as old_id, o.group_id as old_group, kernel.new_id() as id,
    kernel.new_id() as group_id, n * interval '{step} s' as earlier
from generate_series({first}, {last}) as n
join (select id, group_id, row_number() over (order by id) - 1 as nth,
    count(*) over () as every from orders.orders where id = any(array[{templates}])) o
    on n % o.every = o.nth;
create temporary table copied_parcel as
select p.id as old_id, c.id as order_id, kernel.new_id() as id
from copy c join logistics.parcels p on p.order_id = c.old_id;
create index on copied_parcel (old_id);
analyze copy; analyze copied_parcel;
"""
SHIFTED = ("placed_at", "paid_at", "dispatched_at", "delivered_at", "closed_at", "changed_at")
# By table: what joins its rows to their copies, and what is another in the copy.
TABLES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "orders.groups": (
        "copy c on c.old_group = t.id",
        {"id": "c.group_id", "quote_id": "kernel.new_id()", "placed_at": "t.placed_at - c.earlier"},
    ),
    "orders.recipients": ("copy c on c.old_group = t.group_id", {"group_id": "c.group_id"}),
    "orders.orders": (
        "copy c on c.old_id = t.id",
        {
            "id": "c.id",
            "group_id": "c.group_id",
            **{column: f"t.{column} - c.earlier" for column in SHIFTED},
        },
    ),
    "orders.lines": (
        "copy c on c.old_id = t.order_id",
        {"order_id": "c.id", "first_unit": "nextval('orders.unit_blocks') * 131072"},
    ),
    "payments.intents": (
        "copy c on c.old_group = t.group_id",
        {"id": "kernel.new_id()", "group_id": "c.group_id"},
    ),
    "inventory.reservations": ("copy c on c.old_id = t.order_id", {"order_id": "c.id"}),
    "logistics.parcels": (
        "copied_parcel q on q.old_id = t.id join copy c on c.id = q.order_id",
        {
            "id": "q.id",
            "order_id": "c.id",
            "group_id": "c.group_id",
            "tracking_number": "case when t.tracking_number is not null then q.id::text end",
        },
    ),
    "logistics.parcel_lines": (
        "copied_parcel q on q.old_id = t.parcel_id join copy c on c.id = q.order_id",
        {"parcel_id": "q.id", "order_id": "c.id"},
    ),
}


def copied(on: Stage, templates: list[int], orders: int) -> None:
    """Copy the orders in turn until there are so many; no copy is as young as a template."""
    written = [_insert(on, table, *how) for table, how in TABLES.items()]
    for first in range(1, orders + 1, AT_A_TIME):
        last = min(first + AT_A_TIME - 1, orders)
        listed = ", ".join(map(str, templates))
        plan = PLAN.format(step=STEP_S, first=first, last=last, templates=listed)
        on.ask_with("\n".join([plan, *written, "drop table copy, copied_parcel"]), {})
        say(f"{last} orders")
    on.ask("vacuum analyze")


def _insert(on: Stage, table: str, joined: str, changed: Mapping[str, str]) -> str:
    columns = [name for (name,) in on.ask(COLUMNS, table)]
    values = ", ".join(changed.get(name, f"t.{name}") for name in columns)
    names = ", ".join(columns)
    return f"insert into {table} ({names}) select {values} from {table} t join {joined};"
