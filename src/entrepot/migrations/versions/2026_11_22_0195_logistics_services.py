"""Logistics: providers, delivery options, warehouses."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0195"
down_revision = "2026_11_22_0190"


def upgrade() -> None:
    run_sql(revision, "logistics_services")
