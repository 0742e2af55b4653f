"""${message}."""

from entrepot.migrations.executor import run_sql

revision = "${up_revision}"
down_revision = "${down_revision}"


def upgrade() -> None:
    run_sql(revision, "area")
