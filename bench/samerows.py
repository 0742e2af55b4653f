"""The physical limit of a checkout: the very rows that it writes, as one prepared statement.

Which rows those are is not written down here: a few real checkouts are made, and whatever has more
rows afterwards is copied, with its indexes, checks and foreign keys, and filled by one statement.
Rows that a checkout writes and changes again are written once, in their last state.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql as ddl
from psycopg.rows import dict_row

from .baskets import LINES
from .stage import Stage

# Quotes are priced before; the log is written by the sequencer, later.
NOT_PLACED = ("orders.quotes", "orders.terms", "events.log", "events.cursors", "ledger.balances")
ROOMS = (
    "select c.oid, format('%s.%s', n.nspname, c.relname) as name from pg_class c"
    " join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r'"
    " and n.nspname not in ('pg_catalog', 'information_schema', 'bench', 'public', 'kernel')"
    " order by 2"
)
COLUMNS = (
    "select a.attname as name, format_type(a.atttypid, a.atttypmod) as type,"
    " a.attidentity <> '' or a.attgenerated <> '' as by_itself,"
    " exists (select from pg_index i where i.indrelid = a.attrelid and i.indisunique"
    "  and a.attnum = any(i.indkey)) as in_key,"
    " (select array_agg(distinct cardinality(i.indkey)) from pg_index i"
    "  where i.indrelid = a.attrelid and i.indisunique and a.attnum = i.indkey[0]) as leads"
    " from pg_attribute a where a.attrelid = %s and a.attnum > 0 and not a.attisdropped"
    " order by a.attnum"
)
FOREIGN = (
    "select conname as name, a.attname as column, confrelid as parent,"
    " pg_get_constraintdef(c.oid) as definition from pg_constraint c"
    " join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]"
    " where c.conrelid = %s and c.contype = 'f' order by 1"
)
Row = dict[str, Any]


@dataclass(frozen=True)
class Written:
    """What one checkout adds to a table."""

    oid: int
    name: str
    rows: int

    @property
    def copy(self) -> str:
        """Its twin, which only the limit writes."""
        return f"bench.{self.name.replace('.', '_')}"


def counts(stage: Stage) -> dict[str, int]:
    """Rows by table."""
    found: dict[str, int] = {}
    with psycopg.connect(stage.admin_url, autocommit=True) as sql:
        for _, name in sql.execute(ROOMS).fetchall():
            table = ddl.Identifier(*name.split("."))
            row = sql.execute(ddl.SQL("select count(*) from {}").format(table)).fetchone()
            assert row is not None
            found[name] = row[0]
    return found


def written(
    stage: Stage, before: Mapping[str, int], after: Mapping[str, int], n: int
) -> list[Written]:
    """The tables that n checkouts have added to, and how many rows each of them."""
    oids = {name: oid for oid, name in stage.ask(ROOMS)}
    grown = {name: round((after[name] - before[name]) / n) for name in after}
    return [
        Written(oids[name], name, rows)
        for name, rows in grown.items()
        if rows > 0 and name not in NOT_PLACED
    ]


class SameRows:
    """Twins of the tables, and scripts for pgbench that fill them."""

    def __init__(self, stage: Stage, tables: list[Written], lines: int = LINES) -> None:
        self.tables, self._lines = tables, lines
        self._stage, self._oids = stage, {table.oid: table for table in tables}
        self._ids: dict[tuple[int, int], str] = {}
        with psycopg.connect(stage.admin_url, autocommit=True, row_factory=dict_row) as sql:
            self._sql = sql
            self._make()
            self._inserts = [*self._all_inserts()]

    @property
    def rows(self) -> int:
        """Rows that one checkout writes or changes."""
        return sum(table.rows for table in self.tables) + self._lines

    def one_by_one(self, positions: int) -> str:
        """One transaction an order, on random positions that stand side by side."""
        lines = self._lines
        places = ", ".join(f":n * {lines} + {n}" for n in range(lines))
        where = f"id in ({places})"
        return self._script(f"random(0, {positions // lines - 1})", 1, where)

    def in_batches(self, positions: int, size: int = 100) -> str:
        """One transaction for so many orders."""
        touched = size * self._lines
        where = f"id between :n and :n + {touched - 1}"
        return self._script(f"random(0, {max(0, positions - touched)})", size, where)

    def _script(self, start: str, times: int, where: str) -> str:
        ids = ", ".join(f"nextval('bench.ids') as {name}" for name in self._ids.values())
        steps = [f"ids as materialized (select {ids} from generate_series(1, {times}))"]
        steps += [f"w{n} as ({insert})" for n, insert in enumerate(self._inserts)]
        update = "update bench.positions set reserved = reserved + 1"
        return (
            f"\\set n {start}\nwith {', '.join(steps)} {update} where {where}"
            " and on_hand - reserved >= 1;\n"
        )

    def _make(self) -> None:
        self._sql.execute("drop schema if exists bench cascade")
        self._sql.execute("create schema bench")
        self._sql.execute("create sequence bench.ids cache 100")
        for table in self.tables:
            self._run(f"create table {table.copy} (like {table.name} including all)")
        for table in self.tables:
            for key in self._foreign(table):
                parent = self._oids.get(key["parent"])
                definition = key["definition"]
                if parent is not None:
                    definition = definition.replace(f" {parent.name}(", f" {parent.copy}(")
                self._run(f"alter table {table.copy} add {definition}")
        self._run("create table bench.positions (like inventory.positions including all)")
        self._run(
            "insert into bench.positions (id, sku_id, location_id, owner_id, on_hand, currency)"
            " select row_number() over (order by id) - 1, sku_id, location_id, owner_id,"
            " 1000000000, currency from inventory.positions"
        )
        self._run("analyze bench.positions")

    def _all_inserts(self) -> Iterator[str]:
        for table in self.tables:
            foreign = {key["column"]: key["parent"] for key in self._foreign(table)}
            columns = [
                column
                for column in self._sql.execute(COLUMNS, [table.oid]).fetchall()
                if not column["by_itself"]
            ]
            samples = self._samples(table, columns)
            names = ", ".join(f'"{column["name"]}"' for column in columns)
            for number in range(table.rows):
                values = [
                    self._value(table, number, column, (foreign, samples[number]))
                    for column in columns
                ]
                yield f"insert into {table.copy} ({names}) select {', '.join(values)} from ids"

    def _value(
        self, table: Written, number: int, column: Row, known: tuple[Mapping[str, int], Row]
    ) -> str:
        """A fresh value where it has to be one, a parent's where it points, else a real one."""
        foreign, sample = known
        name, kind = column["name"], column["type"]
        parent = self._oids.get(foreign.get(name, 0))
        if parent is not None:
            return self._id(parent.oid, number % parent.rows)
        if column["in_key"] and kind == "smallint":
            return str(number + 1)
        leads = column["leads"] is not None
        if leads and kind == "bigint" and name not in foreign:
            return self._id(table.oid, number)
        if (leads and kind == "text") or name == "reference":
            return f"cast({self._id(table.oid, number)} as text)"
        return "null" if sample[name] is None else f"cast({_literal(sample[name])} as {kind})"

    def _id(self, oid: int, number: int) -> str:
        return self._ids.setdefault((oid, number), f"i{len(self._ids)}")

    def _samples(self, table: Written, columns: list[Row]) -> list[Row]:
        texts = ", ".join(f'cast("{c["name"]}" as text) as "{c["name"]}"' for c in columns)
        query = f"select {texts} from {table.name} order by ctid desc limit {table.rows}"
        return self._run(query).fetchall()

    def _foreign(self, table: Written) -> list[Row]:
        return self._sql.execute(FOREIGN, [table.oid]).fetchall()

    def _run(self, query: str) -> psycopg.Cursor[Row]:
        return self._sql.execute(query.encode())


def _literal(text: str) -> str:
    # pgbench takes a colon before a letter for a variable of its own, also inside quotes.
    quoted = text.replace("'", "''").replace("\\", "\\\\")
    return "E'" + quoted.replace(":", "\\x3a") + "'"
