"""Merchants: onboarding, contracts, shops."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0050"
down_revision = "2026_11_22_0040"


def upgrade() -> None:
    run_sql(revision, "merchants")
