"""Files: uploaded images and documents."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0160"
down_revision = "2026_11_22_0150"


def upgrade() -> None:
    run_sql(revision, "files")
