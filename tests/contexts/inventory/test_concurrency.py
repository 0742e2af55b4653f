"""Many buyers at once, with real commits."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random

from sqlalchemy import text

from entrepot.contexts import inventory
from entrepot.contexts.catalog import SkuId
from entrepot.kernel.access import platform
from entrepot.kernel.ids import Id
from entrepot.kernel.tx import Tx
from tests.conftest import Installation

from .stock import a_sku, location, receipt, received, want

CLIENTS = 64


def run(installation: Installation, do: Callable[[Tx], object]) -> object:
    return installation.work.run(lambda _: platform("test"), "test", do)


def stocked(installation: Installation, n: int, each: int) -> list[SkuId]:
    def prepare(tx: Tx) -> list[SkuId]:
        skus = a_sku(tx, n)
        place = location(tx)
        received(tx, *(receipt(sku, place, each) for sku in skus))
        return skus

    made = run(installation, prepare)
    assert isinstance(made, list)
    return made


def totals(installation: Installation) -> tuple[int, int]:
    with installation.engine.connect() as sql:
        row = sql.execute(
            text(
                "select sum(on_hand) as on_hand, sum(reserved) as reserved from inventory.positions"
            )
        ).one()
        assert sql.execute(text("select from inventory.disagreements")).all() == []
        return row.on_hand, row.reserved


def test_a_hot_sku_is_sold_just_as_often_as_it_is_there(installation: Installation) -> None:
    [sku] = stocked(installation, 1, each=50)

    def buy(order: int) -> bool:
        return run(installation, lambda tx: inventory.reserve(tx, [want(order, sku)])) == [None]

    with ThreadPoolExecutor(CLIENTS) as clients:
        bought = [*clients.map(buy, range(1, 2 * CLIENTS + 1))]

    assert sum(bought) == 50
    assert totals(installation) == (50, 50)


def test_mixed_baskets_sweeps_and_payments_keep_the_books(installation: Installation) -> None:
    skus = stocked(installation, 5, each=30)

    def live(order: int) -> int:
        """One order's life; returns the units that left."""
        chance = Random(order)
        basket = chance.sample(skus, 2)

        def place(tx: Tx) -> object:
            end = tx.now + timedelta(minutes=chance.choice([-1, 30]))
            lines = enumerate(basket, start=1)
            return inventory.reserve(
                tx, [want(order, sku, 2, pos=pos, expires_at=end) for pos, sku in lines]
            )

        if run(installation, place) != [None, None]:
            return 0
        match chance.choice(["pay", "cancel", "sweep"]):
            case "cancel":
                run(installation, lambda tx: inventory.release(tx, [Id(order)]))
            case "sweep":
                run(installation, lambda tx: inventory.expire(tx, tx.now))
            case _:
                late = run(installation, lambda tx: inventory.keep(tx, {Id(order): tx.now}))
                if not late:
                    run(installation, lambda tx: inventory.commit(tx, [Id(order)]))
                    return 4
        return 0

    with ThreadPoolExecutor(CLIENTS) as clients:
        left = sum(clients.map(live, range(1, 2 * CLIENTS + 1)))
    run(installation, lambda tx: inventory.expire(tx, tx.now + timedelta(hours=1)))

    assert left > 0
    assert totals(installation) == (150 - left, 0)
