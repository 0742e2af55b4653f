"""Logistics: packages before they are handed over."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0190"
down_revision = "2026_11_22_0180"


def upgrade() -> None:
    run_sql(revision, "logistics_packages")
