"""Settlement: withdrawals and estimates."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0220"
down_revision = "2026_11_22_0210"


def upgrade() -> None:
    run_sql(revision, "settlement_views")
