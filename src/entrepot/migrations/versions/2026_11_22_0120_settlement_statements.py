"""Settlement: claims, statements, reserves, payouts."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0120"
down_revision = "2026_11_22_0115"


def upgrade() -> None:
    run_sql(revision, "settlement")
