"""What is sold out is told after the sale, and what comes back when it has."""

from collections.abc import Iterable

import pytest
from sqlalchemy import text

from entrepot.contexts import inventory, orders
from entrepot.contexts.inventory import Adjustment, Reason
from entrepot.contexts.orders import CancelReason, OrderId, Side
from entrepot.flows.subscriptions import SUBSCRIBERS
from entrepot.kernel.access import platform
from entrepot.kernel.problems import only
from entrepot.kernel.tx import Tx
from entrepot.surfaces.worker import drain
from tests import filling
from tests.conftest import Installation
from tests.living import Life

TOLD = text(
    "select cast(payload ->> 'sold_out' as boolean) as sold_out,"
    " cast(payload ->> 'on_hand' as int) as on_hand,"
    " cast(payload ->> 'reserved' as int) as reserved"
    " from events.log where name = 'inventory.stock_turned' order by position"
)


@pytest.fixture
def life(installation: Installation) -> Life:
    return Life(installation.work)


@pytest.fixture
def shop(installation: Installation) -> filling.Shop:
    return filling.shop(installation.work, stock=3)


def told(life: Life) -> list[tuple[bool, int, int]]:
    """Every turn so far: whether it is sold out, what is there, and what is set aside."""
    drain(life.work, lambda _: platform("test"), SUBSCRIBERS)
    rows = life.do(lambda tx: tx.sql.execute(TOLD).all())
    return [(row.sold_out, row.on_hand, row.reserved) for row in rows]


def cancel(life: Life, ids: Iterable[OrderId]) -> None:
    for id in ids:
        life.cancel(
            orders.Cancellation(order_id=id, by=Side.BUYER, reason=CancelReason.BUYER_ASKED)
        )


def test_goods_that_come_in_sell_out_and_come_back(life: Life, shop: filling.Shop) -> None:
    assert told(life) == [(False, 3, 0)]

    some = life.buy({shop.skus[0]: 2})
    assert len(told(life)) == 1, "something is left"

    rest = life.buy({shop.skus[0]: 1})
    assert told(life)[1:] == [(True, 3, 3)]

    cancel(life, some)
    assert told(life)[2:] == [(False, 3, 1)]
    cancel(life, rest)
    assert len(told(life)) == 3, "it was back before"


def test_what_turned_and_turned_back_in_between_is_not_told(life: Life, shop: filling.Shop) -> None:
    before = told(life)

    cancel(life, life.buy({shop.skus[0]: 3}))

    assert told(life) == before


def test_a_reservation_that_ends_brings_goods_back_and_a_late_payment_takes_them(
    life: Life, shop: filling.Shop
) -> None:
    told(life)
    [order] = life.buy({shop.skus[0]: 3}, paid=False)
    assert told(life)[-1] == (True, 3, 3)

    life.on(0.1)
    assert told(life)[-1] == (False, 3, 0)

    placed = life.do(lambda tx: only(orders.by_ids(tx, [order])))
    life.pay(placed.group_id)
    assert told(life)[-1] == (True, 3, 3)


def test_shipping_what_was_sold_changes_nothing_of_it(life: Life, shop: filling.Shop) -> None:
    [order] = life.buy({shop.skus[0]: 3})
    life.on(0.1)
    before = told(life)

    life.deliver(life.hand_over(order))

    assert told(life) == before


def test_people_who_count_sell_out_and_bring_back(life: Life, shop: filling.Shop) -> None:
    before = told(life)

    def count(tx: Tx, change: int, reason: Reason) -> None:
        [position] = inventory.positions_of(tx, shop.skus)
        wish = Adjustment(position_id=position.id, change=change, reason=reason)
        only(inventory.adjust(tx, [wish]))

    life.do(lambda tx: count(tx, -3, Reason.LOST))
    assert told(life)[len(before) :] == [(True, 0, 0)]
    life.do(lambda tx: count(tx, 2, Reason.FOUND))
    assert told(life)[-1] == (False, 2, 0)
