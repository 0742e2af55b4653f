"""What holds of stock whatever happens to it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.contexts import inventory
from entrepot.contexts.catalog import SkuId
from entrepot.contexts.inventory import Adjusted, Adjustment, Location, Reason, Units
from entrepot.contexts.inventory.allotment import allot
from entrepot.contexts.inventory.model import PositionId, Shelf, Want
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id
from entrepot.kernel.tx import Tx
from tests.contexts.catalog.goods import unit

from .stock import a_sku, location, receipt, received, want

MINUTE = timedelta(minutes=1)

amount = st.integers(1, 5)
step = st.one_of(
    st.tuples(st.just("receive"), st.integers(0, 3), amount),
    st.tuples(st.just("reserve"), st.integers(0, 1), amount),
    st.tuples(st.just("adjust"), st.integers(0, 3), st.integers(-3, 3)),
    st.tuples(st.just("ship_part"), st.integers(0, 9), amount),
    st.tuples(st.just("release_part"), st.integers(0, 9), amount),
    st.tuples(st.just("restock"), st.integers(0, 9), amount),
    st.tuples(st.sampled_from(["release", "commit", "keep", "again"]), st.integers(0, 9), amount),
    st.tuples(st.just("expire"), st.integers(0, 9), amount),
)


@dataclass
class Shop:
    """Two SKUs in two places, bought out and consigned, and a clock."""

    tx: Tx
    skus: list[SkuId]
    places: list[Location]
    now: datetime
    orders: list[tuple[int, SkuId, int]] = field(default_factory=list)
    sold: Counter[SkuId] = field(default_factory=Counter)

    def do(self, verb: str, n: int, quantity: int) -> None:
        self.now += MINUTE
        tx = unit(self.tx, self.now)
        match verb:
            case "receive":
                cost = 100 + quantity if n % 2 else None
                inventory.receive(
                    tx, [receipt(self.skus[n // 2], self.places[n % 2], quantity, cost)]
                )
            case "reserve":
                self._reserve(tx, n, quantity)
            case "adjust":
                self._adjust(tx, n, quantity)
            case "expire":
                inventory.expire(tx, self.now - n * MINUTE, at_most=quantity)
            case _ if self.orders:
                self._of_order(tx, verb, self.orders[n % len(self.orders)], quantity)

    def _reserve(self, tx: Tx, n: int, quantity: int) -> None:
        order = len(self.orders) + 1
        free = inventory.available(tx, self.skus)
        end = self.now + 3 * MINUTE
        lines = [
            want(order, self.skus[n], quantity, expires_at=end),
            want(order, self.skus[1 - n], 1, pos=2, expires_at=end),
        ]
        outcomes = inventory.reserve(tx, lines)
        fits = free[self.skus[n]] >= quantity and free[self.skus[1 - n]] >= 1
        assert (outcomes == [None, None]) == fits
        self.orders.append((order, self.skus[n], quantity))

    def _adjust(self, tx: Tx, n: int, change: int) -> None:
        found = inventory.positions_of(tx, self.skus)
        if found:
            here = found[n % len(found)]
            cost = 99 if here.currency is not None and change > 0 else None
            wish = Adjustment(
                position_id=here.id, change=change, reason=Reason.COUNTED, unit_cost_minor=cost
            )
            [outcome] = inventory.adjust(tx, [wish])
            assert isinstance(outcome, Adjusted) == (change != 0 and here.free + change >= 0)

    def _of_order(self, tx: Tx, verb: str, line: tuple[int, SkuId, int], quantity: int) -> None:
        order, sku, wanted = line
        units = [Units(order_id=Id(order), pos=1, quantity=quantity)]
        match verb:
            case "release":
                inventory.release(tx, [Id(order)])
            case "commit":
                inventory.commit(tx, [Id(order)])
            case "ship_part":
                inventory.commit_units(tx, units)
            case "release_part":
                inventory.release_units(tx, units)
            case "restock":
                inventory.restock(tx, units)
            case "keep":
                inventory.keep(tx, {Id(order): self.now})
            case "again":
                inventory.reserve_again(tx, [want(order, sku, wanted)])


def test_the_books_of_stock_always_agree(tx: Tx) -> None:
    """On hand = movements, reserved = reservations, layers = bought-out goods, after every step.

    That reserved is never more than what is on hand, and nothing less than zero, the database
    checks: a step that broke it would fail.
    """

    @settings(max_examples=40, deadline=None)
    @given(steps=st.lists(step, min_size=5, max_size=40))
    def life(steps: list[tuple[str, int, int]]) -> None:
        with tx.sql.begin_nested() as undone:
            places = [location(tx, "A"), location(tx, "B")]
            shop = Shop(tx, a_sku(tx, 2), places, tx.now)
            first, second = shop.skus
            received(tx, receipt(first, places[0], 6), receipt(second, places[1], 6, 80))
            for verb, n, quantity in steps:
                shop.do(verb, n, quantity)
                assert inventory.disagreements(tx) == []
            undone.rollback()

    life()


shelf = st.builds(
    Shelf,
    position_id=st.integers(1, 6).map(PositionId),
    sku_id=st.integers(1, 2).map(SkuId),
    owner_id=st.integers(0, 1).map(OrganisationId),
    markets=st.sampled_from([None, frozenset({"us"}), frozenset({"gb"})]),
    free=st.integers(0, 6),
)
wish = st.builds(
    Want,
    order_id=st.integers(1, 6).map(Id),
    pos=st.just(1),
    sku_id=st.integers(1, 2).map(SkuId),
    quantity=st.integers(1, 4),
    expires_at=st.none(),
    group=st.integers(0, 2),
    owner_id=st.none() | st.integers(0, 1).map(OrganisationId),
    market=st.sampled_from([None, "us", "gb"]),
)


@given(
    shelves=st.lists(shelf, max_size=6, unique_by=lambda shelf: shelf.position_id),
    wants=st.lists(wish, max_size=12),
)
def test_nothing_is_allotted_twice_or_in_part(shelves: list[Shelf], wants: list[Want]) -> None:
    outcomes, holds = allot(wants, shelves, {})

    taken: Counter[int] = Counter()
    for hold in holds:
        taken[hold.position_id] += hold.quantity
    assert all(taken[shelf.position_id] <= shelf.free for shelf in shelves)
    met = [want for want, outcome in zip(wants, outcomes, strict=True) if outcome is None]
    assert taken.total() == sum(want.quantity for want in met)
    refused = {w.together for w, outcome in zip(wants, outcomes, strict=True) if outcome}
    assert not refused & {want.together for want in met}
