"""What imports cannot show: who refers to whose rows, and that each context keeps to its schema."""

import tomllib
from pathlib import Path

from sqlalchemy import text

from entrepot.kernel.tx import Tx

ROOT = Path(__file__).parents[2]
BELOW = {"kernel", "events", "rulebook"}  # Not contexts; everything may refer to them.
LIBRARIES = {"public"}  # Procrastinate and Alembic.

KEYS = text("""
    select source.relnamespace::regnamespace::text as source_schema, source.relname as source,
        target.relnamespace::regnamespace::text as target_schema, target.relname as target,
        array(
            select attname::text from pg_attribute
            where attrelid = target.oid and attnum = any(key.confkey) order by attnum
        ) as columns
    from pg_constraint key
    join pg_class source on source.oid = key.conrelid
    join pg_class target on target.oid = key.confrelid
    where key.contype = 'f'
""")
TABLES = text("""
    select schemaname, tablename from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema')
""")
COLUMNS = text("""
    select table_schema, table_name, column_name, data_type from information_schema.columns
    where table_schema not in ('pg_catalog', 'information_schema', 'public')
    and data_type in ('timestamp without time zone', 'real', 'double precision', 'money', 'json')
""")


def tiers() -> dict[str, int]:
    """The tier of each context, counted upwards, as the import contract has it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    [layers] = [
        one["layers"] for one in contracts if one.get("containers") == ["entrepot.contexts"]
    ]
    return {
        context.strip(" ()"): tier
        for tier, layer in enumerate(reversed(layers))
        for context in layer.split("|")
    }


def test_foreign_keys_point_down_to_ids(tx: Tx) -> None:
    rank = tiers() | dict.fromkeys(BELOW, -1)
    wrong = [
        f"{key.source_schema}.{key.source} refers to {key.target_schema}.{key.target}{key.columns}"
        for key in tx.sql.execute(KEYS)
        if key.source_schema != key.target_schema
        and key.source_schema not in LIBRARIES
        and (rank[key.target_schema] >= rank[key.source_schema] or key.columns != ["id"])
    ]
    assert wrong == []


def test_each_table_is_in_the_schema_of_a_context(tx: Tx) -> None:
    known = {*tiers()} | BELOW | LIBRARIES
    assert [row for row in tx.sql.execute(TABLES) if row.schemaname not in known] == []


def test_columns_are_exact_and_zoned(tx: Tx) -> None:
    assert tx.sql.execute(COLUMNS).all() == []


def test_each_context_has_a_tier() -> None:
    folders = (ROOT / "src" / "entrepot" / "contexts").glob("*/__init__.py")
    assert {folder.parent.name for folder in folders} <= {*tiers()}
