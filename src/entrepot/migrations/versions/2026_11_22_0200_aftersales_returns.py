"""Aftersales: returns, evidence, arbitration."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0200"
down_revision = "2026_11_22_0190"


def upgrade() -> None:
    run_sql(revision, "aftersales_cases")
