"""Inventory: positions, movements, reservations, cost layers."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0080"
down_revision = "2026_11_22_0070"


def upgrade() -> None:
    run_sql(revision, "inventory")
