"""Orders: units of lines, references of other systems."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0180"
down_revision = "2026_11_22_0175"


def upgrade() -> None:
    run_sql(revision, "orders_units")
