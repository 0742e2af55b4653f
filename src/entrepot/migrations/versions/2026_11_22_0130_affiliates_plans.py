"""Affiliates: plans, clicks, commissions."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0130"
down_revision = "2026_11_22_0120"


def upgrade() -> None:
    run_sql(revision, "affiliates")
