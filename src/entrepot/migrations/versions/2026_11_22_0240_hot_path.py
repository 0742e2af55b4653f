"""What many do at once, with less work."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0240"
down_revision = "2026_11_22_0230"


def upgrade() -> None:
    run_sql(revision, "hot_path")
