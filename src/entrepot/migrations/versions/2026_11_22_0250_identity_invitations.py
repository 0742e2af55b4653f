"""One-time links with which people set their passwords."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0250"
down_revision = "2026_11_22_0240"


def upgrade() -> None:
    run_sql(revision, "identity_invitations")
