"""Jobs: the schema of procrastinate, as it was released with the pinned version."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0090"
down_revision = "2026_11_22_0087"


def upgrade() -> None:
    run_sql(revision, "jobs")
