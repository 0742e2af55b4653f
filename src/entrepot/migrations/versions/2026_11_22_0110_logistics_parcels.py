"""Logistics: routes, parcels, tracking."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0110"
down_revision = "2026_11_22_0100"


def upgrade() -> None:
    run_sql(revision, "logistics")
