"""The chart of accounts."""

from entrepot.contexts.ledger import CHART

from .text import document, table

INTRODUCTION = """\
An account is a purpose within an organisation; without one it is the platform's. `fee_revenue` is
followed by the kind of fee (`fee_revenue:platform_commission`), `tax_payable` by the jurisdiction
(`tax_payable:US-CA`). Debits are positive, credits negative: what is owed to somebody has a
negative balance. Which happening posts where is in [money](../concepts/money.md)."""


def page() -> str:
    """Every purpose and what it is for."""
    rows = [(f"`{purpose.value}`", meaning) for purpose, meaning in CHART.items()]
    return document("Chart of accounts", INTRODUCTION, table(("purpose", "what it holds"), rows))
