"""Claims, statements and accounts as tests need them, made by the door."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from entrepot.contexts import ledger, settlement
from entrepot.contexts.ledger import Account, Purpose
from entrepot.contexts.merchants import ShopId
from entrepot.contexts.settlement import (
    NewClaim,
    PayoutAccount,
    PayoutAccountId,
    Rate,
    Statement,
)
from entrepot.kernel.access import Actor, Grant, OrganisationId
from entrepot.kernel.money import Currency, Money
from entrepot.kernel.problems import only
from entrepot.kernel.tx import Tx

SHOP, MERCHANT = ShopId(11), OrganisationId(101)
OTHER_SHOP, OTHER_MERCHANT = ShopId(12), OrganisationId(102)
DAY = date(2024, 4, 16)  # What was delivered on 2024-04-01 is settled on it, in the US.
SOURCES = count(1)


def claim(minor: int = 100_00, **given: Any) -> NewClaim:
    """A sale of a cross-border shop in the US, delivered on 2024-04-01."""
    source = next(SOURCES)
    return NewClaim(
        **{
            "payee_id": MERCHANT,
            "shop_id": SHOP,
            "tier_shop": SHOP,
            "market": "us",
            "kind": "sale",
            "source_id": source,
            "pos": 1,
            "order_id": source,
            "amount": Money(minor, Currency.USD),
            "breakdown": {"net": minor},
            "basis": "retail_sale",
            "seller_type": "cross_border",
            "started_at": datetime(2024, 4, 1, 12, tzinfo=UTC),
            **given,
        }
    )


def correction(of: NewClaim, minor: int, at: datetime) -> NewClaim:
    """A refund of what another claim was for."""
    return replace(
        of,
        kind="refund",
        source_id=next(SOURCES),
        amount=Money(minor, of.amount.currency),
        breakdown={"net": minor},
        started_at=at,
        follows=of.kind,
    )


def start_of(day: date) -> datetime:
    """00:00 of a day in Los Angeles, between the changes of the clock."""
    return datetime(day.year, day.month, day.day, 7, tzinfo=UTC)


def close(tx: Tx, day: date = DAY) -> list[Statement]:
    """Close a market day of the US."""
    return settlement.close_day(tx, "us", day)


def settled(tx: Tx, *minors: int, day: date = DAY, **given: Any) -> Statement:
    """One statement over claims of these amounts."""
    settlement.claim(tx, [claim(minor, **given) for minor in minors])
    [statement] = close(tx, day)
    return statement


def booked(tx: Tx, payee: OrganisationId = MERCHANT) -> dict[str, int]:
    """What stands on a payee's accounts, by purpose; zero is left out."""
    purposes = (Purpose.ON_HOLD, Purpose.RESERVE, Purpose.AVAILABLE, Purpose.PAYOUT_IN_TRANSIT)
    found = ledger.balances(tx, [Account(purpose, payee) for purpose in purposes])
    return {account.purpose: money.minor for (account, _), money in found.items() if money.minor}


def days_after(day: date, n: int) -> date:
    return day + timedelta(days=n)


def account(
    tx: Tx,
    payee: OrganisationId = MERCHANT,
    currency: Currency = Currency.USD,
    number: str = "1",
) -> PayoutAccount:
    """Make an account the payee's own, and read it back."""
    wish = PayoutAccount(
        id=PayoutAccountId(0),
        payee_id=payee,
        currency=currency,
        method="sandbox",
        holder="Acme",
        number=number,
        bank_code="",
        state="active",
        changed_at=tx.now,
        changed_by="",
    )
    only(settlement.set_accounts(tx, [wish]))
    return settlement.accounts(tx, [payee])[payee]


class Table:
    """Rates from a table of the test's own."""

    def __init__(self, *rows: tuple[Currency, Currency, Rate]) -> None:
        self._rows = {(source, target): rate for source, target, rate in rows}
        self.asked: list[date] = []

    def before(self, source: Currency, target: Currency, day: date) -> Rate | None:
        self.asked.append(day)
        return self._rows.get((source, target))


NO_RATES = Table()


def acting(tx: Tx, name: str, *permissions: str, now: datetime | None = None) -> Tx:
    """A person of the platform in the next unit of work."""
    grants = frozenset(Grant(permission) for permission in permissions)
    return replace(tx, actor=Actor(name, grants), now=now or tx.now, held={})


def ids(statements: Sequence[Statement]) -> list[settlement.StatementId]:
    return [statement.id for statement in statements]
