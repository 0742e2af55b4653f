"""Catalog: global products, compliance, size charts."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0175"
down_revision = "2026_11_22_0170"


def upgrade() -> None:
    run_sql(revision, "catalog_global")
