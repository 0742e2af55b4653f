"""Aftersales: cancellations, returns, refunds."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0115"
down_revision = "2026_11_22_0110"


def upgrade() -> None:
    run_sql(revision, "aftersales")
