"""Ledger: accounts, entries, postings and balances, append-only."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0030"
down_revision = "2026_11_22_0020"


def upgrade() -> None:
    run_sql(revision, "ledger")
