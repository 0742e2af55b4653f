"""Identity: organisations, people, memberships, sessions, tokens, grants."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0040"
down_revision = "2026_11_22_0030"


def upgrade() -> None:
    run_sql(revision, "identity")
