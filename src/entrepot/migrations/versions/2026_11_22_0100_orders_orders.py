"""Orders: quotes, groups, orders, lines, recipients."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0100"
down_revision = "2026_11_22_0090"


def upgrade() -> None:
    run_sql(revision, "orders")
