"""Catalog: attributes, brands, checks of listings."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0170"
down_revision = "2026_11_22_0160"


def upgrade() -> None:
    run_sql(revision, "catalog_more")
