"""What scenarios are told with: steps in the lives of orders, each through its door or flow."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TypeVar

from entrepot.contexts import aftersales, catalog, orders
from entrepot.contexts.aftersales import Case, CaseId, CaseStep, Role
from entrepot.contexts.aftersales import Verb as CaseVerb
from entrepot.contexts.catalog import Detail, Filters, SkuId
from entrepot.contexts.logistics import Parcel
from entrepot.contexts.merchants import ShopId
from entrepot.contexts.orders import OrderId
from entrepot.flows import returning, shipping
from entrepot.kernel.money import Money
from entrepot.kernel.problems import NotFound, only
from entrepot.kernel.tx import Tx
from entrepot.surfaces.partner_api.money import amount
from entrepot.surfaces.parts import Parts
from entrepot.surfaces.worker import Worker, advance

from .buyers import Buyers
from .carrier import Carrier
from .credentials import Credentials

T = TypeVar("T")
MARKET = "us"
RELEASED = timedelta(hours=2)  # By then the buyer's free hour is over.
NUMBERS = count(1)


@dataclass(slots=True)
class Story:
    """One run of a scenario: it acts, and says what happened."""

    parts: Parts
    home: Path
    credentials: Credentials
    say: Callable[[str], None]
    buyers: Buyers = field(init=False)
    carrier: Carrier = field(init=False)

    def __post_init__(self) -> None:
        self.buyers, self.carrier = Buyers(self.parts), Carrier(self.parts)

    def do(self, act: Callable[[Tx], T]) -> T:
        """One unit of work."""
        who = self.parts.platform("sandbox.scenario")
        return self.parts.work.run(who, "sandbox.scenario", act)

    def settle(self) -> None:
        """Let everything that is due by now happen, as a worker does."""
        worker = Worker(self.parts)
        while worker.sequence() + worker.subscribe() + worker.sweep() + worker.ask():
            pass

    def pass_(self, span: timedelta) -> None:
        """Move business time ahead, with all that falls due."""
        self.pass_to(self.do(lambda tx: tx.now) + span)

    def pass_to(self, to: datetime) -> None:
        """Move business time to an instant."""
        self.settle()
        advance(Worker(self.parts).cashier, self.parts.rates, to, lambda _: None)
        self.settle()
        self.say(f"business time is {to:%Y-%m-%d %H:%M} UTC")

    def product(self) -> Detail:
        """The shop's oldest product on sale."""
        shop = ShopId(self.credentials.shop_id)
        cards = self.do(lambda tx: catalog.page(tx, MARKET, Filters(shop_id=shop), None, 50))
        if not cards:
            raise NotFound("product on sale in shop", shop)
        found = cards[-1].product_id
        return self.do(lambda tx: only([catalog.detail(tx, MARKET, found)]))

    def sku(self) -> SkuId:
        """One of its SKUs."""
        return self.product().variants[0].sku.id

    def bought(self, quantity: int = 1) -> OrderId:
        """A paid order of the shop."""
        [id] = self.buyers.buy({self.sku(): quantity})
        self.say(f"order {id}: paid, {quantity} of one SKU")
        return id

    def shipped(self, id: OrderId) -> Parcel:
        """The order is with its carrier."""
        self.pass_(RELEASED)
        wish = shipping.HandOver(
            order_id=id, carrier="sandbox", tracking_number=f"SBX{int(id)}{next(NUMBERS)}"
        )
        parcel = self.do(lambda tx: only(shipping.hand_over(tx, [wish])))
        self.say(f"package {parcel.id}: handed over, tracking number {parcel.tracking_number}")
        return parcel

    def delivered(self, quantity: int = 1) -> OrderId:
        """An order that has arrived."""
        id = self.bought(quantity)
        parcel = self.shipped(id)
        self.carrier.bring([parcel.id])
        self.settle()
        self.say(f"order {id}: {self.state_of(id)}")
        return id

    def state_of(self, id: OrderId) -> str:
        """How far an order is."""
        return str(self.do(lambda tx: only(orders.by_ids(tx, [id]))).state.value)

    def step(self, case: CaseId, verb: CaseVerb, role: Role, **more: object) -> Case:
        """One step of a case, by one side."""
        wish = CaseStep(case_id=case, verb=verb, role=role, **more)  # type: ignore[arg-type]
        done = self.do(lambda tx: only(returning.step(tx, [wish])))
        self.settle()
        self.say(f"return {case}: {role.value} says {verb.value}; it is {self.case(case)}")
        return done

    def case(self, id: CaseId) -> str:
        """How far a case is."""
        return self.do(lambda tx: only(aftersales.cases(tx, [id]))).state.value


def said(money: Money) -> str:
    """An amount as integrators read it."""
    return f"{amount(money.minor, money.currency)} {money.currency.value}"
