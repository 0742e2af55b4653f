"""Rulebook: the content of every rule version that an outcome used."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0020"
down_revision = "2026_11_22_0010"


def upgrade() -> None:
    run_sql(revision, "rulebook")
