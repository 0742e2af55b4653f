"""Why payouts wait, and holds by hand."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0252"
down_revision = "2026_11_22_0250"


def upgrade() -> None:
    run_sql(revision, "settlement_waits")
