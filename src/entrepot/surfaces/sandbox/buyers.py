"""Buyers who shop by themselves: they order, change their minds, and send things back."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import count
from random import Random
from typing import TypeVar

from entrepot.adapters.payments.sandbox import NAME as PROVIDER
from entrepot.contexts import aftersales, catalog, orders, payments
from entrepot.contexts.aftersales import Kind, Role
from entrepot.contexts.catalog import Filters, SkuId
from entrepot.contexts.orders import (
    Cancellation,
    CancelReason,
    Destination,
    GroupId,
    OrderId,
    Placing,
    Recipient,
    Side,
    State,
)
from entrepot.flows import cancelling, paying, placing, quoting, returning
from entrepot.kernel.problems import Problem, only
from entrepot.kernel.tx import Tx, UnitOfWork
from entrepot.surfaces.parts import Parts

T = TypeVar("T")
HOMES = {
    "us": Destination(country="US", region="CA", postal_code="94016"),
    "gb": Destination(country="GB", region="", postal_code="EC1A 1BB"),
}
NAMES = ("Ann", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hana")
METHOD = "sandbox-ok"
REMEMBERED = 1_000  # Orders of which a buyer may still think again.
ENDED = {State.COMPLETED, State.CANCELLED, State.LOST, State.RETURNED_TO_SENDER}
CANCELLABLE = {State.UNPAID, State.ON_HOLD, State.AWAITING_SHIPMENT}


class Fate(Enum):
    """What will become of an order that its buyer does not keep."""

    CANCELLED = auto()
    SENT_BACK = auto()


@dataclass(frozen=True, slots=True)
class Temper:
    """How buyers are: the share of orders that are cancelled, and of deliveries sent back."""

    cancels: float = 0.1
    returns: float = 0.1


@dataclass(slots=True)
class Buyers:
    """They see what everybody sees; the same seed buys the same."""

    parts: Parts
    temper: Temper = field(default_factory=Temper)
    random: Random = field(default_factory=lambda: Random(1))  # noqa: S311 - nothing is secret.
    _numbers: "count[int]" = field(default_factory=lambda: count(1))
    _undecided: "deque[tuple[OrderId, Fate]]" = field(
        default_factory=lambda: deque(maxlen=REMEMBERED)
    )

    def shop(self, market: str = "us") -> list[OrderId]:
        """Somebody buys something that is on sale; what is sold out is not bought."""
        offered = self._do(lambda tx: catalog.page(tx, market, Filters(), None, 50))
        if not offered:
            return []
        product = self.random.choice(offered).product_id
        detail = self._do(lambda tx: only([catalog.detail(tx, market, product)]))
        sku = self.random.choice(detail.variants).sku.id
        try:
            return self.buy({sku: self.random.choice((1, 1, 1, 2, 3))}, market)
        except Problem:
            return []

    def buy(
        self, items: Mapping[SkuId, int], market: str = "us", codes: tuple[str, ...] = ()
    ) -> list[OrderId]:
        """Quote, check out and pay; gives the orders, one for each shop."""
        home = HOMES[market]
        wish = quoting.QuoteWish(
            market=market, items=tuple(items.items()), destination=home, coupon_codes=codes
        )
        quote = self._do(lambda tx: only(quoting.quote(tx, [wish])))
        checkout = placing.Checkout(
            placing=Placing(quote_id=quote.id, destination=home, recipient=self._somebody(home)),
            provider=PROVIDER,
            method=METHOD,
        )
        group = self._do(lambda tx: only(placing.place(tx, [checkout])))
        self._pay(group.id)
        for id in group.order_ids:
            if fate := self._fate():
                self._undecided.append((id, fate))
        return list(group.order_ids)

    def think_again(self) -> None:
        """The next one of those who will not keep what they bought acts, if it is time to."""
        if not self._undecided:
            return
        id, fate = self._undecided.popleft()
        [order] = self._do(lambda tx: orders.by_ids(tx, [id]))
        if isinstance(order, Problem):
            return  # The sandbox began again meanwhile.
        if fate is Fate.CANCELLED and order.state in CANCELLABLE:
            self.cancel(id)
        elif fate is Fate.SENT_BACK and order.state is State.DELIVERED:
            self.ask_back(id)
        elif order.state not in ENDED:
            self._undecided.append((id, fate))

    def cancel(self, id: OrderId) -> orders.Cancelled:
        """A buyer does not want it any more."""
        wish = Cancellation(order_id=id, by=Side.BUYER, reason=CancelReason.BUYER_ASKED)
        return self._do(lambda tx: only(cancelling.cancel(tx, [wish])))

    def ask_back(
        self,
        id: OrderId,
        kind: Kind = Kind.RETURN_AND_REFUND,
        reason: str = "not_as_described",
        minor: int | None = None,
    ) -> aftersales.Case:
        """A buyer wants the money, or part of it; for all of it the goods may have to go back."""
        wish = returning.OpenCase(
            order_id=id, kind=kind, role=Role.BUYER, reason=reason, minor=minor
        )
        return self._do(lambda tx: only(returning.open_cases(tx, [wish])))

    def _fate(self) -> "Fate | None":
        drawn = self.random.random()
        if drawn < self.temper.cancels:
            return Fate.CANCELLED
        return Fate.SENT_BACK if drawn < self.temper.cancels + self.temper.returns else None

    def _pay(self, group: GroupId) -> None:
        """What a checkout does after placing: begin, ask the provider, record."""
        begin = payments.Beginning(group_id=group, method=METHOD)
        call = self._do(lambda tx: only(payments.begin(tx, [begin])))
        [outcome] = payments.ask(self.parts.providers, [call])
        self._do(lambda tx: paying.record(tx, [payments.Answer(call, outcome)]))

    def _somebody(self, home: Destination) -> Recipient:
        name, number = self.random.choice(NAMES), next(self._numbers)
        return Recipient(
            name=f"{name} Example",
            email=f"{name.lower()}.{number}@example.org",
            phone="+1 202 555 0100",
            address={
                "country": home.country,
                "region": home.region,
                "postal_code": home.postal_code,
                "city": "Springfield",
                "street": f"{number} Example Street",
            },
        )

    def _do(self, act: Callable[[Tx], T]) -> T:
        work: UnitOfWork = self.parts.work
        return work.run(self.parts.platform("sandbox.buyers"), "sandbox.buyers", act)
