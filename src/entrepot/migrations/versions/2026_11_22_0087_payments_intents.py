"""Payments: intents, attempts, refunds, provider events."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0087"
down_revision = "2026_11_22_0085"


def upgrade() -> None:
    run_sql(revision, "payments")
