"""Sourcing: supply agreements and their dated prices."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0070"
down_revision = "2026_11_22_0060"


def upgrade() -> None:
    run_sql(revision, "sourcing")
