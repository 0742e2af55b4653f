"""What is left of an order when a part of it is on its way."""

import pytest

from entrepot.contexts import orders
from entrepot.contexts.ledger import Purpose
from entrepot.contexts.orders import State
from entrepot.flows.shipping import NothingToShip
from tests import filling
from tests.living import Life


def state(life: Life, order: orders.OrderId) -> State:
    [found] = life.do(lambda tx: orders.by_ids(tx, [order]))
    assert isinstance(found, orders.Order)
    return found.state


def test_handing_over_what_is_gone_is_refused(life: Life) -> None:
    shop = filling.shop(life.work, price_minor=10_000)
    [order] = life.buy({shop.skus[0]: 2})
    life.on(1)
    parcel = life.hand_over(order)
    with pytest.raises(NothingToShip):
        life.hand_over(order)
    life.deliver(parcel)
    with pytest.raises(NothingToShip):
        life.hand_over(order, {})
    assert state(life, order) is State.DELIVERED


def test_what_is_not_shipped_in_time_is_cancelled_beside_what_is_on_its_way(life: Life) -> None:
    shop = filling.shop(life.work, price_minor=10_000)
    [order] = life.buy({shop.skus[0]: 3})
    life.on(1)
    parcel = life.hand_over(order, {1: 1})
    assert state(life, order) is State.PARTIALLY_SHIPPING
    life.on(14)
    life.pay_back()
    assert state(life, order) is State.IN_TRANSIT
    # 300.00 and 24.75 tax were paid; one of three is still to come.
    assert life.balance(Purpose.PENDING, shop.merchant_id) == -10_825
    life.deliver(parcel)
    assert state(life, order) is State.DELIVERED
    assert life.balance(Purpose.ON_HOLD, shop.merchant_id) == -9_400
    life.check()
    life.explained([order])
