"""Catalog: categories, products, listings, prices."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0060"
down_revision = "2026_11_22_0050"


def upgrade() -> None:
    run_sql(revision, "catalog")
