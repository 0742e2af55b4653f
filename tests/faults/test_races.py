"""Many hands at once on the same orders and the same stock, with real commits."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import TypeVar

import pytest
from sqlalchemy import text

from entrepot.contexts import orders
from entrepot.contexts.orders import Cancellation, CancelReason, GroupId, OrderId, Side
from entrepot.flows import placing, quoting, sweeps
from entrepot.kernel.problems import Problem, only
from tests import filling
from tests.conftest import Installation
from tests.filling import Shop
from tests.living import RATES, SOMEBODY, Life
from tests.properties import laws, worlds

T = TypeVar("T")
CLIENTS = 64
TO = worlds.destination("us")


@pytest.fixture
def life(installation: Installation) -> Life:
    return Life(installation.work)


def at_once(n: int, do: Callable[[int], T]) -> list[T]:
    with ThreadPoolExecutor(CLIENTS) as clients:
        return [*clients.map(do, range(n))]


def quoted(life: Life, basket: list[Shop], units: int = 1) -> orders.QuoteId:
    items = tuple((shop.skus[0], units) for shop in basket)
    wish = quoting.QuoteWish(market="us", items=items, destination=TO)
    return life.do(lambda tx: only(quoting.quote(tx, [wish]))).id


def placed(life: Life, quote: orders.QuoteId) -> orders.Group | Problem:
    checkout = placing.Checkout(
        placing=orders.Placing(quote_id=quote, destination=TO, recipient=SOMEBODY),
        provider="sandbox",
        method="sandbox-ok",
    )
    return life.do(lambda tx: placing.place(tx, [checkout])[0])


@pytest.mark.slow
def test_mixed_baskets_never_sell_what_is_not_there(life: Life) -> None:
    """Every basket has the hot article; each is asked for twice, by two clients."""
    hot = filling.shop(life.work, stock=40)
    other = [filling.shop(life.work, stock=1_000) for _ in range(3)]

    def buy(n: int) -> list[orders.Group | Problem]:
        chance = Random(n)
        basket = [hot, *chance.sample(other, 2)]
        chance.shuffle(basket)
        quote = quoted(life, basket)
        return [placed(life, quote), placed(life, quote)]

    found = at_once(2 * CLIENTS, buy)

    bought = [pair for pair in found if isinstance(pair[0], orders.Group)]
    assert len(bought) == 40
    assert all(first == again for first, again in bought)
    assert all(isinstance(again, Problem) for first, again in found if isinstance(first, Problem))
    reserved = "select sum(reserved) from inventory.positions"
    assert life.do(lambda tx: tx.sql.scalar(text(reserved))) == 3 * 40
    laws.hold_now(life)


@pytest.mark.slow
def test_the_same_quote_at_the_same_time_is_one_group(life: Life) -> None:
    shop = filling.shop(life.work, stock=100)
    quotes = [quoted(life, [shop]) for _ in range(8)]

    found = at_once(CLIENTS, lambda n: (n % 8, placed(life, quotes[n % 8])))

    groups: dict[int, set[int]] = {}
    for n, group in found:
        assert isinstance(group, orders.Group), group
        groups.setdefault(n, set()).add(int(group.id))
    assert [len(ids) for ids in groups.values()] == [1] * 8
    assert life.do(lambda tx: tx.sql.scalar(text("select count(*) from orders.orders"))) == 8


@pytest.mark.slow
def test_late_payment_against_expiry_and_cancellation(life: Life) -> None:
    """Money that comes in while an order ends is the order's, or goes back: nothing between."""
    shop = filling.shop(life.work, stock=30, price_minor=5_000)
    groups = [placed(life, quoted(life, [shop])) for _ in range(24)]
    made = [group for group in groups if isinstance(group, orders.Group)]
    assert len(made) == 24
    life._hold(life.do(lambda tx: tx.now).replace(day=3, hour=12))  # Two days: all fall due now.

    def meddle(n: int) -> None:
        group = made[n // 3]
        act = (pay, cancel, sweep)[n % 3]
        act(life, group.id, group.order_ids[0])

    at_once(3 * len(made), meddle)
    life.pay_back()

    [states] = [life.do(lambda tx: _states(tx.sql.execute))]
    assert set(states) <= {"on_hold", "cancelled", "unpaid"}
    assert sum(states.values()) == 24
    laws.hold_now(life)
    life.on(0.1)
    life.pay_back()
    assert "unpaid" not in life.do(lambda tx: _states(tx.sql.execute))
    kept = life.do(
        lambda tx: tx.sql.scalar(
            text("select count(*) from orders.orders where state <> 'cancelled'")
        )
    )
    assert life.balance("psp_receivable") == kept * 5_412  # 50.00 and 8.25 % tax.
    assert life.balance("buyer_clearing") == 0
    laws.hold_now(life)


def _states(execute: Callable[..., object]) -> dict[str, int]:
    rows = execute(text("select state, count(*) from orders.orders group by 1"))
    return {row[0]: row[1] for row in rows}  # type: ignore[attr-defined]


def pay(life: Life, group: GroupId, order: OrderId) -> None:
    try:
        life.pay(group)
    except Problem:
        return  # It was cancelled first: nothing is asked of the provider.


def cancel(life: Life, group: GroupId, order: OrderId) -> None:
    wish = Cancellation(order_id=order, by=Side.BUYER, reason=CancelReason.BUYER_ASKED)
    life.do(lambda tx: _cancelled(tx, wish))


def _cancelled(tx: object, wish: Cancellation) -> object:
    from entrepot.flows import cancelling

    return cancelling.cancel(tx, [wish])  # type: ignore[arg-type]


def sweep(life: Life, group: GroupId, order: OrderId) -> None:
    due = life.do(lambda tx: sweeps.next_due(tx, RATES))
    if due is not None and due.at <= life.do(lambda tx: tx.now):
        life.do(due.do)
