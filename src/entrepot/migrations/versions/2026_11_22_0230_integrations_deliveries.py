"""Integrations: deliveries of webhooks."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0230"
down_revision = "2026_11_22_0220"


def upgrade() -> None:
    run_sql(revision, "integrations_deliveries")
