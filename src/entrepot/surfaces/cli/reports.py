"""The report of a replay as tables for people."""

from collections.abc import Iterator
from typing import Any

from rich.table import Table

from entrepot.kernel.money import Currency
from entrepot.surfaces.replay import Report, as_json


def tables(made: Report) -> Iterator[Table]:
    """One table for each thing that somebody may ask."""
    found = as_json(made)
    yield _totals(found)
    yield _states(found)
    yield _modes(found)
    yield _fees(found)
    yield _settled(found)
    yield _paid(found)
    yield _payouts(found)
    yield _reading(found)
    yield _reconciled(found)


def money(minor: int, currency: str) -> str:
    """An amount as people read it."""
    digits = Currency(currency).decimals
    sign, size = "-" if minor < 0 else "", abs(minor)
    whole, rest = divmod(size, 10**digits)
    return f"{sign}{whole:,}.{rest:0{digits}d}" if digits else f"{sign}{whole:,}"


def _totals(found: dict[str, Any]) -> Table:
    currencies = found["by_currency"]
    table = Table("", *currencies, title=f"{found['data_set']}: {found['orders']} orders")
    for name in (
        "items",
        "freight",
        "captured",
        "refunded",
        "platform_fee",
        "paid_out",
        "pending",
        "reserve",
        "trial_balance",
    ):
        row = [money(book[f"{name}_minor"], currency) for currency, book in currencies.items()]
        table.add_row(name.replace("_", " "), *row)
    table.caption = found["source"]
    return table


def _states(found: dict[str, Any]) -> Table:
    table = Table("state", "shop orders", title="Orders by state")
    for state, count in found["orders_by_state"].items():
        table.add_row(state, str(count))
    return table


def _modes(found: dict[str, Any]) -> Table:
    table = Table("mode", "currency", "shop orders", "GMV", title="Orders by mode")
    for row in found["by_mode"]:
        gmv = money(row["gmv_minor"], row["currency"])
        table.add_row(row["mode"], row["currency"], str(row["orders"]), gmv)
    return table


def _fees(found: dict[str, Any]) -> Table:
    table = Table("account", "currency", "amount", title="Fees, taxes and what else was posted")
    for currency, book in found["by_currency"].items():
        for account, minor in book["accounts"].items():
            if minor:
                table.add_row(account, currency, money(minor, currency))
    table.caption = "A credit is positive: earned by the platform, or owed to somebody."
    return table


def _settled(found: dict[str, Any]) -> Table:
    table = Table(
        "mode", "tier", "claim", "currency", "claims", "amount", "reserved", "waiting",
        title="Claims by mode and tier",
    )  # fmt: skip
    for row in found["settled"]:
        amounts = [
            money(row[name], row["currency"])
            for name in ("minor", "reserved_minor", "waiting_minor")
        ]
        table.add_row(
            row["mode"], row["tier"], row["kind"], row["currency"], str(row["claims"]), *amounts
        )
    return table


def _paid(found: dict[str, Any]) -> Table:
    table = Table("mode", "tier", "currency", "claims", "amount", title="Paid out by mode and tier")
    for row in found["paid_out_by_mode_and_tier"]:
        amount = money(row["minor"], row["currency"])
        table.add_row(row["mode"], row["tier"], row["currency"], str(row["claims"]), amount)
    table.caption = "Claims on statements that the bank has paid, less what a reserve still holds."
    return table


def _payouts(found: dict[str, Any]) -> Table:
    table = Table("state", "statements in", "paid in", "payouts", "amount", title="Payouts")
    for row in found["payouts"]:
        amount = money(row["minor"], row["currency"])
        table.add_row(
            row["state"], row["statement_currency"], row["currency"], str(row["payouts"]), amount
        )
    return table


def _reading(found: dict[str, Any]) -> Table:
    table = Table("what", "how often", "amount", title="Repairs and skipped rows of the data set")
    for kind, count in found["repairs"].items():
        table.add_row(f"repaired: {kind}", str(count), "")
    for name, units in found["staged"].items():
        table.add_row(f"staged: {name.replace('_', ' ')}", str(units), "")
    for row in found["skipped"]:
        amount = f"{money(row['minor'], row['currency'])} {row['currency']}"
        table.add_row(f"skipped: {row['rule']}", str(row["rows"]), amount)
    return table


def _reconciled(found: dict[str, Any]) -> Table:
    table = Table("difference", "orders", title="Reconciliation with the data set's own totals")
    for reason, count in found["differences"]["orders_by_reason"].items():
        table.add_row(reason, str(count))
    for one in found["differences"]["unexplained"]:
        table.add_row(f"UNEXPLAINED {one['order']} {one['figure']}", str(one))
    table.add_row("unexplained, in the smallest unit", str(found["unexplained_minor"]))
    return table
