"""Replay: names of a data set beside our ids."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0140"
down_revision = "2026_11_22_0130"


def upgrade() -> None:
    run_sql(revision, "replay")
