"""Promotions: activities."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0210"
down_revision = "2026_11_22_0200"


def upgrade() -> None:
    run_sql(revision, "promotions_activities")
