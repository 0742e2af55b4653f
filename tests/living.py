"""Drives orders through their lives on an installation: every step a unit of work of its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import text

from entrepot.adapters.payments.sandbox import Sandbox as Provider
from entrepot.adapters.payouts.sandbox import Sandbox as Bank
from entrepot.adapters.rates import shipped
from entrepot.adapters.rates.settling import SettlementRates
from entrepot.contexts import aftersales, inventory, ledger, logistics, orders, payments, settlement
from entrepot.contexts.catalog import SkuId
from entrepot.contexts.ledger import Account, Purpose
from entrepot.contexts.orders import GroupId, OrderId
from entrepot.flows import (
    cancelling,
    explaining,
    paying,
    placing,
    quoting,
    refunding,
    returning,
    shipping,
    sweeps,
)
from entrepot.kernel import clock
from entrepot.kernel.access import OrganisationId, platform
from entrepot.kernel.events import Subscriber, deliver, enrol, sequence
from entrepot.kernel.money import Currency
from entrepot.kernel.problems import each, only
from entrepot.kernel.tx import Tx, UnitOfWork

T = TypeVar("T")
RATES = SettlementRates(shipped)
NUMBERS = count(1)
HOME = {"us": ("US", "CA", "94103"), "gb": ("GB", "", "EC1A 1BB"), "de": ("DE", "", "10115")}
PAYING = [
    Subscriber("test.captured", (payments.PaymentCaptured,), paying.on_captured),
    Subscriber("test.refunded", (payments.RefundSucceeded,), paying.on_refunded),
    Subscriber("test.cases", (payments.RefundSucceeded,), returning.on_refunded),
]


@dataclass(frozen=True)
class Life:
    """An installation with its clock held, a payment provider and a bank."""

    work: UnitOfWork

    def do(self, act: Callable[[Tx], T]) -> T:
        """One unit of work of the platform."""
        return self.work.run(lambda _: platform("test"), "test", act)

    def at(self, to: datetime) -> None:
        """Move the business clock on, letting everything fall due on the way."""
        while True:
            due = self.do(lambda tx: sweeps.next_due(tx, RATES))
            if due is None or due.at > to:
                break
            self._hold(due.at)
            self.do(due.do)
            self.pay_out()
        self._hold(to)

    def on(self, days: float) -> None:
        """Move the business clock on by days."""
        self.at(self.do(lambda tx: tx.now) + timedelta(days=days))

    def buy(
        self,
        items: Mapping[SkuId, int],
        market: str = "us",
        *,
        paid: bool = True,
        recipient: orders.Recipient | None = None,
        **more: object,
    ) -> list[OrderId]:
        """Quote, place and, if wished, pay a basket; gives its orders."""
        country, region, postal_code = HOME[market]
        to = orders.Destination(country=country, region=region, postal_code=postal_code)
        wish = quoting.QuoteWish(market=market, items=tuple(items.items()), destination=to)
        wish = replace(wish, **more)  # type: ignore[arg-type]
        quote = self.do(lambda tx: only(quoting.quote(tx, [wish])))
        checkout = placing.Checkout(
            placing=orders.Placing(
                quote_id=quote.id, destination=to, recipient=recipient or SOMEBODY
            ),
            provider="sandbox",
            method="sandbox-ok",
        )
        group = self.do(lambda tx: only(placing.place(tx, [checkout])))
        if paid:
            self.pay(group.id)
        return list(group.order_ids)

    def pay(self, group: GroupId) -> None:
        """Ask the provider for a group's payment, and record what it says."""
        begin = payments.Beginning(group_id=group)
        call = self.do(lambda tx: only(payments.begin(tx, [begin])))
        [outcome] = Provider(b"key").carry_out([call])
        self.do(lambda tx: paying.record(tx, [payments.Answer(call, outcome)]))

    def hand_over(self, order: OrderId, units: Mapping[int, int] | None = None) -> logistics.Parcel:
        """Give an order, or units of it, to a carrier."""
        wish = shipping.HandOver(
            order_id=order,
            carrier="carrier",
            tracking_number=f"T{next(NUMBERS)}",
            units=units,
        )
        return self.do(lambda tx: only(shipping.hand_over(tx, [wish])))

    def deliver(self, parcel: logistics.Parcel) -> None:
        """The carrier brings a parcel."""
        self.do(lambda tx: only(shipping.deliver(tx, [shipping.Arrival(parcel_id=parcel.id)])))

    def refund(self, wish: refunding.RefundWish) -> None:
        """Give money back, and let the provider confirm it."""
        self.do(lambda tx: only(refunding.refund(tx, [wish])))
        self.pay_back()

    def open_case(self, wish: returning.OpenCase) -> aftersales.Case:
        """Somebody wants something after the sale."""
        return self.do(lambda tx: only(returning.open_cases(tx, [wish])))

    def step(
        self, case: aftersales.Case, verb: aftersales.Verb, role: aftersales.Role, **more: Any
    ) -> aftersales.Case:
        """Take a case further, and let the provider confirm what it paid back."""
        wish = aftersales.CaseStep(case_id=case.id, verb=verb, role=role, **more)
        self.do(lambda tx: only(returning.step(tx, [wish])))
        self.pay_back()
        return self.do(lambda tx: only(aftersales.cases(tx, [case.id])))

    def cancel(self, wish: orders.Cancellation) -> None:
        """Cancel an order or units of it."""
        self.do(lambda tx: only(cancelling.cancel(tx, [wish])))
        self.pay_back()

    def pay_back(self) -> None:
        """Send every promised refund, and let its success be heard of."""
        ids = self.do(payments.to_send)
        calls = each(self.do(lambda tx: payments.begin_refunds(tx, ids)))
        outcomes = Provider(b"key").carry_out(calls)
        answers = [payments.Answer(*pair) for pair in zip(calls, outcomes, strict=True)]
        self.do(lambda tx: paying.record(tx, answers))
        self.listen()

    def listen(self) -> None:
        """Carry facts to those who pay and refund by them."""
        self.do(lambda tx: enrol(tx.sql, [to.name for to in PAYING]))
        self.do(lambda tx: sequence(tx.sql, 10_000))
        for to in PAYING:
            while self.do(lambda tx, to=to: deliver(tx, to)):  # type: ignore[misc]
                pass

    def pay_out(self) -> None:
        """Send approved payouts, and record what the bank says."""
        now = self.do(lambda tx: tx.now)
        batch = self.do(lambda tx: settlement.send(tx, as_of=now))
        outcomes = Bank().send(batch)
        self.do(lambda tx: settlement.record(tx, outcomes, now))

    def paid_to(self, payee: OrganisationId, currency: Currency = Currency.USD) -> None:
        """Give a payee an account at the sandbox bank."""
        account = settlement.PayoutAccount(
            id=settlement.PayoutAccountId(0),
            payee_id=payee,
            currency=currency,
            method="sandbox",
            holder="somebody",
            number="1",
            bank_code="",
            state="active",
            changed_at=self.do(lambda tx: tx.now),
            changed_by="test",
        )
        self.do(lambda tx: each(settlement.set_accounts(tx, [account])))

    def balance(self, purpose: str, owner: int = 0, currency: Currency = Currency.USD) -> int:
        """What stands on an account: credits are negative."""
        account = Account(purpose, OrganisationId(owner))
        found = self.do(lambda tx: ledger.balances(tx, [account]))
        money = found.get((account, currency))
        return money.minor if money else 0

    def check(self) -> None:
        """What must hold at every instant of every life."""
        self.do(_books_balance)
        self.do(_reserve_is_held)
        self.do(_stock_agrees)

    def explained(self, ids: list[OrderId]) -> None:
        """Orders, their statements and payouts agree with what is computed again."""
        self.do(lambda tx: _explained(tx, ids))

    def _hold(self, to: datetime) -> None:
        with self.work.engine.begin() as sql:
            clock.hold(sql, to)


SOMEBODY = orders.Recipient(name="B", email="b@example.org", phone="1", address={"line1": "1 Way"})


def _books_balance(tx: Tx) -> None:
    for currency in Currency:
        lines = [line for line in ledger.trial_balance(tx) if line.currency is currency]
        assert sum(line.balance for line in lines) == 0, lines
    rows = tx.sql.execute(
        text(
            "select payee_id, currency, cast(sum(minor) as bigint) as minor"
            " from settlement.open_claims group by 1, 2"
        )
    )
    open_claims = {(row.payee_id, row.currency): row.minor for row in rows}
    held = tx.sql.execute(
        text(
            "select a.owner_id, p.currency, cast(-sum(p.minor) as bigint) as minor"
            " from ledger.postings p join ledger.accounts a on a.id = p.account"
            f" where a.purpose = '{Purpose.ON_HOLD}' group by 1, 2"
        )
    )
    on_hold = {(row.owner_id, row.currency): row.minor for row in held}
    for key in {*open_claims, *on_hold}:
        assert open_claims.get(key, 0) == on_hold.get(key, 0), f"claims of {key} are not the ledger"


def _reserve_is_held(tx: Tx) -> None:
    held = tx.sql.scalar(
        text(
            "select coalesce(sum(held_minor - consumed_minor - released_minor), 0)"
            " from settlement.reserve_holds"
        )
    )
    posted = sum(-line.balance for line in ledger.trial_balance(tx) if line.purpose == "reserve")
    assert held == posted, "open holds are the reserve account"


def _stock_agrees(tx: Tx) -> None:
    assert inventory.disagreements(tx) == []


def _explained(tx: Tx, ids: list[OrderId]) -> None:
    found = [explaining.explain_order(tx, id) for id in ids]
    claims = settlement.claims_of_orders(tx, ids)
    statements = sorted({claim.statement_id for claim in claims if claim.statement_id})
    found += [explaining.explain_statement(tx, id) for id in statements]
    paid = each(settlement.statements(tx, statements))
    payouts = sorted({statement.payout_id for statement in paid if statement.payout_id})
    found += [explaining.explain_payout(tx, id) for id in payouts]
    for explanation in found:
        assert not explanation.differences, (explanation.subject, explanation.differences)
