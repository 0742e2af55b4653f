"""Random lives: what may happen to baskets, drawn as values, and carried out step by step."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import text

from entrepot.contexts import orders, settlement
from entrepot.contexts.aftersales import CaseId, Reason
from entrepot.contexts.logistics import Parcel
from entrepot.contexts.orders import (
    Cancellation,
    CancelReason,
    GroupId,
    Line,
    Order,
    OrderId,
    Side,
    State,
    Verdict,
)
from entrepot.flows import cancelling, placing, quoting, shipping
from entrepot.flows.quoting import QuoteWish
from entrepot.flows.refunding import RefundWish
from entrepot.kernel.access import Actor
from entrepot.kernel.problems import Problem, each, only
from tests.living import SOMEBODY, Life
from tests.properties import after_sale, laws, worlds
from tests.properties.worlds import World


@dataclass(frozen=True)
class Basket:
    """What somebody puts in a basket, and whether they pay."""

    market: str
    lines: tuple[tuple[int, int, int], ...]  # Which shop, which of its SKUs, how many.
    coupons: bool
    click: bool
    known_buyer: bool
    paid: bool


@dataclass(frozen=True)
class Act:
    """Something that happens after some hours; what it names is found by number."""

    hours: int
    verb: str
    which: int
    much: int  # Of a hundred.


VERBS = [
    *("buy", "pay", "cancel", "ask", "consent", "refuse", "ship", "ship_part", "deliver"),
    *("lose", "send_back", "refund", "refund_part", "return", "reserve", "score", "hold"),
    *("let_go", "bounce_payout", "retry_payout", "receive"),
    *("open_case", "case_grant", "case_refuse", "case_goes_on", "case_goes_on"),
]
OFTEN = ("ship", "ship", "ship_part", "deliver", "deliver", "deliver", "refund_part", "return")


def baskets(markets: tuple[str, ...]) -> st.SearchStrategy[Basket]:
    line = st.tuples(st.integers(0, 5), st.integers(0, 1), st.integers(1, 4))
    return st.builds(
        Basket,
        market=st.sampled_from(markets),
        lines=st.lists(line, min_size=1, max_size=3).map(tuple),
        coupons=st.booleans(),
        click=st.booleans(),
        known_buyer=st.booleans(),
        paid=st.sampled_from([True, True, True, False]),
    )


ACTS = st.builds(
    Act,
    hours=st.sampled_from([0, 0, 1, 5, 24, 80, 200, 500]),
    verb=st.sampled_from([*VERBS, *OFTEN]),
    which=st.integers(0, 30),
    much=st.integers(1, 100),
)


def plans(markets: tuple[str, ...]) -> st.SearchStrategy[tuple[list[Basket], list[Act]]]:
    return st.tuples(
        st.lists(baskets(markets), min_size=1, max_size=3),
        st.lists(ACTS, min_size=3, max_size=14),
    )


@dataclass
class Story:
    """A life under way."""

    life: Life
    world: World
    baskets: list[Basket]
    placed: list[OrderId] = field(default_factory=list)
    parcels: list[Parcel] = field(default_factory=list)
    bought: int = 0
    cases: int = 0
    opened: list[CaseId] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """Buy the first basket, so that there is something to happen to."""
        self._tried(self._buy, Act(0, "buy", 0, 100))

    def act(self, act: Act) -> None:
        """Let the hours pass with all that falls due, and then do it. A refusal changes nothing."""
        self.wait(act.hours / 24)
        doing: Callable[[Act], object] = getattr(self, f"_{act.verb}")
        self._tried(doing, act)

    def wait(self, days: float) -> None:
        """Let time pass, and refunds be sent."""
        if days:
            self.life.on(days)
        self.life.pay_back()
        self.life.pay_out()

    def end(self) -> None:
        """Bring what is on its way, close the cases, and wait until nothing can fall due."""
        self._let_all_go()
        self._judge_all()
        while self.parcels:
            self._tried(self._deliver, Act(0, "deliver", 0, 100))
        for _ in range(2):
            self.wait(45)
            self._tried(self._retry_payout, Act(0, "retry_payout", 0, 100))
        self.wait(45)

    def _tried(self, doing: Callable[[Act], object], act: Act) -> None:
        before = self._written()
        try:
            doing(act)
        except Problem as problem:
            self.refused.append(f"{act.verb}: {problem}")
            assert self._written() == before, f"{act.verb} was refused and changed something"
        self.life.pay_back()

    def _written(self) -> tuple[int, ...]:
        tables = ("ledger.entries", "settlement.claims", "inventory.movements", "orders.history")
        counts = ", ".join(f"(select count(*) from {table})" for table in tables)
        return self.life.do(lambda tx: tuple(tx.sql.execute(text(f"select {counts}")).one()))

    def _buy(self, act: Act) -> None:
        basket = self.baskets[self.bought % len(self.baskets)]
        self.bought += 1
        shops = self.world.shops[basket.market]
        items: dict[Any, int] = {}
        for shop, sku, units in basket.lines:
            theirs = shops[shop % len(shops)]
            items[theirs.skus[sku % len(theirs.skus)]] = units
        codes = ("PLATFORM", *(f"SHOP{n}" for n in range(len(shops)))) if basket.coupons else ()
        first = shops[basket.lines[0][0] % len(shops)]
        now = self.life.do(lambda tx: tx.now)
        wish = QuoteWish(
            market=basket.market,
            items=tuple(items.items()),
            destination=worlds.destination(basket.market),
            coupon_codes=codes,
            click=self.world.click(first, now) if basket.click else None,
            buyer_id=self.world.buyer if basket.known_buyer else None,
        )
        group = self._checked_out(wish)
        self.placed += group.order_ids
        if basket.paid:
            self.life.pay(group.id)

    def _checked_out(self, wish: QuoteWish) -> orders.Group:
        buyer = wish.buyer_id
        who = Actor("guest") if buyer is None else Actor(f"person:{buyer}", person=buyer)
        work = self.life.work
        quote = work.run(lambda _: who, "quote", lambda tx: only(quoting.quote(tx, [wish])))
        checkout = placing.Checkout(
            placing=orders.Placing(
                quote_id=quote.id, destination=wish.destination, recipient=SOMEBODY
            ),
            provider="sandbox",
            method="sandbox-ok",
        )
        return work.run(lambda _: who, "place", lambda tx: only(placing.place(tx, [checkout])))

    def _pay(self, act: Act) -> None:
        self.life.pay(GroupId(self._order(act).group_id))

    def _cancel(self, act: Act) -> None:
        order = self._order(act)
        by, reason = (
            (Side.MERCHANT, CancelReason.OUT_OF_STOCK),
            (Side.PLATFORM, CancelReason.RISK),
            (Side.BUYER, CancelReason.BUYER_ASKED),
        )[act.much % 3]
        units = None if act.much > 50 else self._part(order, "open_units", act)
        wish = Cancellation(order_id=order.id, by=by, reason=reason, units=units)
        self.life.cancel(wish)

    def _ask(self, act: Act) -> None:
        wish = Cancellation(
            order_id=self._order(act).id, by=Side.BUYER, reason=CancelReason.BUYER_ASKED
        )
        self.life.cancel(wish)

    def _consent(self, act: Act) -> None:
        self._verdict(act, yes=True)

    def _refuse(self, act: Act) -> None:
        self._verdict(act, yes=False)

    def _verdict(self, act: Act, *, yes: bool) -> None:
        order = self._order(act)
        self.life.do(lambda tx: only(cancelling.decide(tx, {order.id: Verdict(consents=yes)})))

    def _ship(self, act: Act) -> None:
        self.parcels.append(self.life.hand_over(self._order(act).id))

    def _ship_part(self, act: Act) -> None:
        order = self._order(act)
        units = self._part(order, "open_units", act)
        self.parcels.append(self.life.hand_over(order.id, units or None))

    def _deliver(self, act: Act) -> None:
        self._arrive(act, shipping.deliver)

    def _lose(self, act: Act) -> None:
        self._arrive(act, shipping.lose)

    def _send_back(self, act: Act) -> None:
        self._arrive(act, shipping.send_back)

    def _arrive(self, act: Act, how: Callable[..., list[Parcel | Problem]]) -> None:
        if not self.parcels:
            return
        parcel = self.parcels.pop(act.which % len(self.parcels))
        arrived = self.life.do(lambda tx: only(how(tx, [shipping.Arrival(parcel_id=parcel.id)])))
        assert arrived.state != parcel.state

    def _refund(self, act: Act) -> None:
        order = self._order(act)
        line = self._line(order, act)
        wish = RefundWish(order_id=order.id, pos=line.pos, reason=Reason.NOT_RECEIVED)
        self.life.refund(wish)

    def _refund_part(self, act: Act) -> None:
        order = self._order(act)
        line = self._line(order, act)
        minor = max(1, line.payment_minor * act.much // 150)
        wish = RefundWish(order_id=order.id, pos=line.pos, minor=minor, reason=Reason.GOODWILL)
        self.life.refund(wish)

    def _return(self, act: Act) -> None:
        order = self._order(act)
        line = self._line(order, act)
        units = max(1, (line.delivered - line.returned) * act.much // 100)
        wish = RefundWish(
            order_id=order.id,
            pos=line.pos,
            units=units,
            reason=Reason.NO_LONGER_WANTED,
            restock=act.which % 2 == 0,
        )
        self.life.refund(wish)

    _open_case = after_sale.open_case
    _case_grant = after_sale.grant
    _case_refuse = after_sale.refuse
    _case_goes_on = after_sale.go_on

    def _reserve(self, act: Act) -> None:
        shops = [shop for theirs in self.world.shops.values() for shop in theirs]
        shop = shops[act.which % len(shops)]
        self.life.do(lambda tx: worlds.restrict(tx, shop, act.much % 4))

    def _score(self, act: Act) -> None:
        """How a shop stood; its tiers of the coming months follow from it."""
        order = self._order(act)
        now = self.life.do(lambda tx: tx.now.date())
        month = now.replace(day=1)
        standing = settlement.Standing(
            shop_id=order.shop_id,
            month_on=month,
            score=None if act.much > 90 else act.much * 5,
            shipped_orders=act.much * 5,
            source="a test",
        )
        self.life.do(lambda tx: settlement.set_standings(tx, [standing]))
        shops = {order.shop_id: (order.market, order.seller_type)}
        self.life.do(lambda tx: settlement.decide_tiers(tx, month, shops, tx.now))

    def _hold(self, act: Act) -> None:
        self.cases += 1
        self._case(self._order(act).id, self.cases, settlement.hold)

    def _let_go(self, act: Act) -> None:
        if self.cases:
            self._case(OrderId(0), 1 + act.which % self.cases, settlement.let_go)

    def _judge_all(self) -> None:
        """The operator rules: what is in arbitration waits for nobody else."""
        for n, _ in enumerate(self.opened):
            self._tried(partial(after_sale.deny, self), Act(0, "case_refuse", n, 50))

    def _let_all_go(self) -> None:
        for number in range(1, self.cases + 1):
            self._case(OrderId(0), number, settlement.let_go)

    def _case(self, order: OrderId, number: int, how: Callable[..., None]) -> None:
        def act(tx: Any) -> None:
            case = settlement.Hold(order_id=order, reason="case", reference=number, at=tx.now)
            how(tx, [case])

        self.life.do(act)

    def _bounce_payout(self, act: Act) -> None:
        ids = self._payouts("paid")
        if ids:
            id = ids[act.which % len(ids)]
            self.life.do(lambda tx: only(settlement.take_back(tx, [id], "no such account", tx.now)))

    def _retry_payout(self, act: Act) -> None:
        ids = self._payouts("returned")
        self.life.do(lambda tx: each(settlement.retry(tx, ids)))
        self.life.do(lambda tx: each(settlement.approve(tx, ids)))
        self.life.pay_out()

    def _payouts(self, state: str) -> list[settlement.PayoutId]:
        query = text("select id from settlement.payouts where state = :state order by id")
        found = self.life.do(lambda tx: [*tx.sql.scalars(query, {"state": state})])
        return [settlement.PayoutId(id) for id in found]

    def _receive(self, act: Act) -> None:
        """More of a bought-out article arrives, at another price."""
        shops = [shop for theirs in self.world.shops.values() for shop in theirs]
        shop = shops[act.which % len(shops)]
        self.life.do(lambda tx: worlds.replenish(tx, shop, 1 + act.much % 7, 3_000 + 17 * act.much))

    def _order(self, act: Act) -> Order:
        assert self.placed, "the first basket was bought"
        id = self.placed[act.which % len(self.placed)]
        return self.life.do(lambda tx: only(orders.by_ids(tx, [id])))

    def _lines(self, order: Order) -> list[Line]:
        return self.life.do(lambda tx: orders.lines(tx, [order.id]))

    def _line(self, order: Order, act: Act) -> Line:
        lines = self._lines(order)
        return lines[act.much % len(lines)]

    def _part(self, order: Order, of: str, act: Act) -> dict[int, int]:
        """A share of what each line has left of something."""
        found = {line.pos: -(-getattr(line, of) * act.much // 100) for line in self._lines(order)}
        return {pos: units for pos, units in found.items() if units}


def live(life: Life, world: World, plan: tuple[list[Basket], list[Act]]) -> Story:
    """A whole life, the laws held at every step and in the end."""
    story = Story(life, world, plan[0])
    story.begin()
    for act in plan[1]:
        story.act(act)
        laws.hold_now(life)
    story.end()
    laws.hold_in_the_end(life)
    over = {State.COMPLETED, State.CANCELLED, State.LOST, State.RETURNED_TO_SENDER}
    found = life.do(lambda tx: each(orders.by_ids(tx, story.placed)))
    assert {order.state for order in found} <= over
    return story
