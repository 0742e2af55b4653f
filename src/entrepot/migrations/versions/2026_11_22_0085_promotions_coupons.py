"""Promotions: discounts, coupons, their funders and budgets."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0085"
down_revision = "2026_11_22_0080"


def upgrade() -> None:
    run_sql(revision, "promotions")
