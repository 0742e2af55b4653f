"""Scenarios, buyers and the carrier on a sandbox that was set up through the doors."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from entrepot.contexts import aftersales, integrations, logistics, orders
from entrepot.contexts.orders import OrderId, State
from entrepot.kernel import clock
from entrepot.kernel.problems import only
from entrepot.surfaces.parts import Parts
from entrepot.surfaces.sandbox import SCENARIOS, Story, Temper, begin, faults
from entrepot.surfaces.sandbox.buyers import Buyers
from entrepot.surfaces.sandbox.credentials import renewed
from tests.conftest import NOON
from tests.databases import Server
from tests.living import Life
from tests.properties import laws
from tests.surfaces.installing import parts_on

SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sandbox")


@pytest.fixture(scope="module")
def parts(server: Server, home: Path) -> Iterator[Parts]:
    """One sandbox for all: each test looks at what it did itself."""
    with parts_on(server, home) as parts:
        with parts.engine.begin() as sql:
            clock.start_at(sql, NOON)
        yield parts


@pytest.fixture
def story(parts: Parts, home: Path) -> Iterator[Story]:
    """Whatever happens in it, books and stock agree."""
    told = Story(parts, home, begin(parts, home), lambda _: None)
    yield told
    told.settle()
    laws.hold_now(Life(parts.work))


def play(story: Story, name: str) -> list[str]:
    said: list[str] = []
    story.say = said.append
    SCENARIOS[name](story)
    return said


def newest(story: Story) -> orders.Order:
    return story.do(lambda tx: orders.page(tx, orders.Filter(), limit=1))[0]


def test_an_order_that_nobody_ships_is_late_and_then_cancelled(story: Story) -> None:
    said = play(story, "late-dispatch")

    order = newest(story)
    assert order.state is State.AWAITING_SHIPMENT
    assert said[-1] == f"order {order.id}: awaiting_shipment, and its dispatch date is over"
    due_at = story.do(lambda tx: orders.dispatch_due_at(tx, order))
    assert due_at is not None
    assert due_at < story.do(lambda tx: tx.now)
    assert order.due_at is not None
    story.pass_to(order.due_at)
    assert story.state_of(order.id) == "cancelled"


def test_half_of_the_money_goes_back(story: Story) -> None:
    play(story, "partial-refund")

    order = newest(story)
    assert (order.state, order.refunded_minor) == (State.DELIVERED, order.total.minor // 2)


def test_the_platform_rules_for_the_buyer(story: Story) -> None:
    play(story, "return-arbitration")

    order = newest(story)
    [case] = story.do(lambda tx: aftersales.cases_of_orders(tx, [order.id]))
    assert (case.state, case.ruling) == (
        aftersales.State.COMPLETED,
        aftersales.Ruling.SUPPORT_BUYER,
    )
    assert order.refunded_minor == order.total.minor


def test_five_get_the_price_of_the_deal(story: Story) -> None:
    said = play(story, "flash-sale")

    assert said[-1].endswith(", 5 at the deal's price")


def test_a_delivered_order_is_settled(story: Story) -> None:
    said = play(story, "statement-day")

    order = newest(story)
    assert f"order {order.id}: settled by statement" in said[-2]
    assert said[-1].endswith(" USD net")


def test_the_token_is_over_and_another_is_issued(story: Story) -> None:
    assert renewed(story.parts, story.credentials) == story.credentials

    play(story, "token-expiry")

    held = story.do(integrations.page)[-1]
    assert held.access_ends_at <= clock.real()
    assert renewed(story.parts, story.credentials).access_token != story.credentials.access_token


def test_every_call_is_one_too_many(story: Story, home: Path) -> None:
    play(story, "rate-limit")

    assert faults.kept(home).limited_until > clock.real().timestamp() + 20


def test_what_was_set_up_stays(story: Story, parts: Parts, home: Path) -> None:
    assert begin(parts, home) == story.credentials


def test_buyers_cancel_and_send_back_as_they_are_told_to(story: Story) -> None:
    buyers = Buyers(story.parts, Temper(cancels=1.0, returns=0.0))
    [first] = buyers.buy({story.sku(): 1})
    buyers.think_again()
    assert story.state_of(first) == "cancelled"

    buyers = Buyers(story.parts, Temper(cancels=0.0, returns=1.0))
    [second] = buyers.buy({story.sku(): 2})
    buyers.think_again()  # It is not there yet.
    story.carrier.bring([story.shipped(second).id])
    buyers.think_again()
    buyers.think_again()

    assert [case.order_id for case in cases(story, [first, second])] == [second]


def cases(story: Story, ids: list[OrderId]) -> list[aftersales.Case]:
    return story.do(lambda tx: aftersales.cases_of_orders(tx, ids))


def test_buyers_choose_among_all_that_is_on_sale(story: Story) -> None:
    buyers = Buyers(story.parts)

    bought = [id for _ in range(12) for id in buyers.shop("us")]

    assert len(bought) == 12
    assert len({line.product_id for line in story.do(lambda tx: orders.lines(tx, bought))}) > 3


def test_the_carrier_moves_every_parcel_one_step_at_a_time(story: Story) -> None:
    parcel = story.shipped(story.bought())
    states = []
    story.pass_(SECOND)
    while story.carrier.step():
        story.pass_(SECOND)  # The clock of tests stands still by itself.
        states.append(story.do(lambda tx: only(logistics.by_ids(tx, [parcel.id]))).state.value)

    assert states == ["in_transit", "delivered"]
