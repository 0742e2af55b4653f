"""Kernel: ids, exact shares, the business clock, events, idempotency."""

from entrepot.migrations.executor import run_sql

revision = "2026_11_22_0010"
down_revision = None


def upgrade() -> None:
    run_sql(revision, "kernel")
