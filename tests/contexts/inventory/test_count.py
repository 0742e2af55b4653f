"""What another system counted, beside what is sold at the same time."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import text

from entrepot.contexts import inventory
from entrepot.contexts.catalog import SkuId
from entrepot.contexts.inventory import Count, Location, Position
from entrepot.kernel.access import Actor, Grant, OrganisationId, platform
from entrepot.kernel.problems import BadInput, Forbidden, NotFound, only
from entrepot.kernel.tx import Tx
from tests.conftest import Installation
from tests.contexts.catalog import goods

from .stock import a_sku, facts, location, want

ROUNDS = 12


def counted(tx: Tx, of: tuple[int, Location], free: int, owner: int) -> Position:
    sku, place = of
    wish = Count(
        sku_id=SkuId(sku),
        location_id=place.id,
        owner_id=OrganisationId(owner),
        free=free,
    )
    return only(inventory.count(goods.unit(tx), [wish]))


def test_what_is_free_becomes_what_was_counted(tx: Tx) -> None:
    [sku], place = a_sku(tx), location(tx)
    owner = int(goods.seller(tx).merchant_id)

    assert counted(tx, (sku, place), 7, owner).on_hand == 7
    assert inventory.reserve(goods.unit(tx), [want(1, sku, quantity=3)]) == [None]
    after = counted(tx, (sku, place), 7, owner)
    assert (after.on_hand, after.reserved, after.free) == (10, 3, 7)
    assert counted(tx, (sku, place), 7, owner) == after
    assert counted(tx, (sku, place), 0, owner).on_hand == 3
    movements = tx.sql.execute(text("select kind, quantity, reference from inventory.movements"))
    assert [tuple(row) for row in movements] == [
        ("adjusted", 7, "counted"),
        ("adjusted", 3, "counted"),
        ("adjusted", -7, "counted"),
    ]
    assert facts(tx).count("inventory.stock_adjusted") == 3
    assert inventory.disagreements(tx) == []


def test_the_later_count_of_one_place_holds(tx: Tx) -> None:
    [sku], place = a_sku(tx), location(tx)
    owner = goods.seller(tx).merchant_id

    def wish(free: int) -> Count:
        return Count(sku_id=sku, location_id=place.id, owner_id=owner, free=free)

    first, second = inventory.count(tx, [wish(9), wish(4)])

    assert isinstance(first, Position) and isinstance(second, Position)
    assert (first.free, second.free) == (9, 4)
    assert inventory.available(tx, [sku]) == {sku: 4}


def test_bad_counts_change_nothing(tx: Tx) -> None:
    [sku], place, mine = a_sku(tx), location(tx), goods.seller(tx)
    own = location(tx, "OWN", keeper_id=mine.merchant_id)
    other = goods.seller(tx).merchant_id

    def refused(at: Location, owner: int, free: int, actor: Actor) -> type:
        wish = Count(sku_id=sku, location_id=at.id, owner_id=OrganisationId(owner), free=free)
        [outcome] = inventory.count(goods.by(tx, actor), [wish])
        return type(outcome)

    us = int(mine.merchant_id)
    assert refused(own, us, -1, mine.staff) is BadInput
    assert refused(own, 0, 1, platform("test")) is BadInput
    assert refused(place, us, 1, mine.staff) is Forbidden  # The platform keeps it.
    assert refused(own, int(other), 1, mine.staff) is Forbidden
    reader = Actor("person:3", frozenset({Grant("stock:read", mine.merchant_id)}))
    assert refused(own, us, 1, reader) is Forbidden
    nowhere = Count(
        sku_id=sku, location_id=inventory.LocationId(1), owner_id=mine.merchant_id, free=1
    )
    nothing = Count(sku_id=SkuId(1), location_id=own.id, owner_id=mine.merchant_id, free=1)
    outcomes = inventory.count(tx, [nowhere, nothing])
    assert [type(one) for one in outcomes] == [NotFound, NotFound]
    assert tx.sql.execute(text("select from inventory.positions")).all() == []


def test_two_counts_and_a_buyer_at_once_end_at_a_count(installation: Installation) -> None:
    """Each count holds when it is done: no count adds to another, none undoes a sale."""
    work = installation.work

    def prepare(tx: Tx) -> tuple[int, Location, int]:
        return int(a_sku(tx)[0]), location(tx), int(goods.seller(tx).merchant_id)

    sku, place, owner = work.run(lambda _: platform("test"), "test", prepare)
    together = Barrier(3)

    def count(free: int) -> int:
        together.wait(timeout=30)
        done = work.run(
            lambda _: platform("test"), "test", lambda tx: counted(tx, (sku, place), free, owner)
        )
        return done.free

    def buy(order: int) -> None:
        together.wait(timeout=30)
        wish = want(order, SkuId(sku))
        work.run(lambda _: platform("test"), "test", lambda tx: inventory.reserve(tx, [wish]))

    with ThreadPoolExecutor(3) as threads:
        for n in range(ROUNDS):
            done = [threads.submit(count, free) for free in (10 + n, 40 + n)]
            threads.submit(buy, n + 1).result()
            assert [one.result() for one in done] == [10 + n, 40 + n]
            with installation.engine.connect() as sql:
                free: int = (
                    sql.scalar(text("select on_hand - reserved from inventory.positions")) or 0
                )
            assert free in {10 + n, 9 + n, 40 + n, 39 + n}
            with installation.engine.connect() as sql:
                assert sql.execute(text("select from inventory.disagreements")).all() == []
