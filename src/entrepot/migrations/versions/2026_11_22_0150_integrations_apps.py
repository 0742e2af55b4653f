"""Integrations: apps, authorisations and webhook endpoints."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0150"
down_revision = "2026_11_22_0140"


def upgrade() -> None:
    run_sql(revision, "integrations")
