"""Many orders out of a few real ones, set by set: the same rows under other ids, at other times.

A copy keeps every constraint that its template keeps, so nothing is judged a second time; and the
few templates are set aside first, so that no copy is looked for among all that were made before.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from .stage import Stage, say

AT_A_TIME = 100_000
STEP_S = 7  # Between one copy and the next.
ALONE = "alter table {} set (autovacuum_enabled = off)"  # All is swept at the end.
COLUMNS = (
    "select a.attname::text from pg_attribute a where a.attrelid = %s::regclass and a.attnum > 0"
    " and not a.attisdropped and a.attidentity = '' order by a.attnum"
)
# Triggers, foreign keys among them, stay quiet; and nobody waits for the disk.
PLAN = """
set session_replication_role = replica; set synchronous_commit = off;
create temporary table template as
select id, group_id, row_number() over (order by id) - 1 as nth, count(*) over () as every
from orders.orders where id = any(array[{templates}]);
create temporary table copied_order as
select t.id as old_id, t.group_id as old_group, kernel.new_id() as id,
    kernel.new_id() as group_id, n * interval '{step} s' as earlier
from generate_series({first}, {last}) as n join template t on n % t.every = t.nth;
create temporary table copied_parcel as
select p.id as old_id, c.id as order_id, c.group_id, kernel.new_id() as id
from copied_order c join (
    select p.id, p.order_id from logistics.parcels p join template t on t.id = p.order_id
) p on p.order_id = c.old_id;
analyze template; analyze copied_order; analyze copied_parcel;
"""
INSERT = """
create temporary table aside as
select t.* from {table} t where t.{column} in (select {key} from {plan});
analyze aside;
insert into {table} ({names}) select {values} from aside t join {plan} c on c.{key} = t.{column};
drop table aside;
"""
SHIFTED = ("placed_at", "paid_at", "dispatched_at", "delivered_at", "closed_at", "changed_at")


@dataclass(frozen=True)
class Copied:
    """How rows of a table become others: by which column they belong to what is copied."""

    column: str
    changed: Mapping[str, str]
    plan: str = "copied_order"
    key: str = "old_id"


TABLES: Mapping[str, Copied] = {
    "orders.groups": Copied(
        "id",
        {"id": "c.group_id", "quote_id": "kernel.new_id()", "placed_at": "t.placed_at - c.earlier"},
        key="old_group",
    ),
    "orders.recipients": Copied("group_id", {"group_id": "c.group_id"}, key="old_group"),
    "orders.orders": Copied(
        "id",
        {
            "id": "c.id",
            "group_id": "c.group_id",
            **{column: f"t.{column} - c.earlier" for column in SHIFTED},
        },
    ),
    "orders.lines": Copied(
        "order_id",
        {"order_id": "c.id", "first_unit": "nextval('orders.unit_blocks') * 131072"},
    ),
    "payments.intents": Copied(
        "group_id", {"id": "kernel.new_id()", "group_id": "c.group_id"}, key="old_group"
    ),
    "inventory.reservations": Copied("order_id", {"order_id": "c.id"}),
    "logistics.parcels": Copied(
        "id",
        {
            "id": "c.id",
            "order_id": "c.order_id",
            "group_id": "c.group_id",
            "tracking_number": "case when t.tracking_number is not null then c.id::text end",
        },
        plan="copied_parcel",
    ),
    "logistics.parcel_lines": Copied(
        "parcel_id", {"parcel_id": "c.id", "order_id": "c.order_id"}, plan="copied_parcel"
    ),
}


def copied(on: Stage, templates: list[int], orders: int) -> None:
    """Copy the orders in turn until there are so many; no copy is as young as a template."""
    inserts = [_insert(on, table, how) for table, how in TABLES.items()]
    listed = ", ".join(map(str, templates))
    for table in TABLES:
        on.ask_with(ALONE.format(table), {})
    for first in range(1, orders + 1, AT_A_TIME):
        last = min(first + AT_A_TIME - 1, orders)
        plan = PLAN.format(step=STEP_S, first=first, last=last, templates=listed)
        on.ask_with("\n".join([plan, *inserts]), {})
        say(f"{last} orders")
    on.ask("vacuum analyze")


def _insert(on: Stage, table: str, how: Copied) -> str:
    columns = [name for (name,) in on.ask(COLUMNS, table)]
    values = ", ".join(how.changed.get(name, f"t.{name}") for name in columns)
    return INSERT.format(
        table=table,
        column=how.column,
        key=how.key,
        plan=how.plan,
        names=", ".join(columns),
        values=values,
    )
