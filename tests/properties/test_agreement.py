"""Whatever is cancelled, sent in parts and refunded in parts: all who tell of it agree."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entrepot.contexts import orders, settlement
from entrepot.contexts.merchants import Shop
from entrepot.contexts.orders import Line, Order
from entrepot.kernel.problems import each
from entrepot.kernel.tx import Tx
from entrepot.views import earned
from entrepot.views.earned import Compensation, Cut, Earning
from tests.databases import Server
from tests.properties import laws, stories, worlds
from tests.properties.stories import Act, Basket, Story
from tests.properties.worlds import World

BEGINS = datetime(2024, 10, 1, 12, tzinfo=UTC)
VERBS = ("ship_part", "ship", "deliver", "deliver", "cancel", "refund_part", "refund", "return")
ACTS = st.builds(
    Act,
    hours=st.sampled_from([0, 1, 24, 200]),
    verb=st.sampled_from(VERBS),
    which=st.integers(0, 5),
    much=st.integers(1, 100),
)
PLANS = st.tuples(
    st.lists(stories.baskets(("us",)).map(lambda one: replace(one, paid=True)), min_size=1),
    st.lists(ACTS, min_size=4, max_size=10),
)


@pytest.fixture(scope="module")
def world(server: Server, rules: object) -> Iterator[World]:
    with worlds.world(server, rules, BEGINS, ("us",)) as made:
        yield made


@pytest.mark.slow
@settings(max_examples=5, derandomize=True, deadline=None, suppress_health_check=[*HealthCheck])
@given(PLANS)
def test_order_price_detail_statement_and_ledger_agree(
    server: Server, world: World, plan: tuple[list[Basket], list[Act]]
) -> None:
    with worlds.living(server, world) as life:
        story = Story(life, world, plan[0])
        story.begin()
        for act in plan[1]:
            story.act(act)
            laws.hold_now(life)
            life.do(lambda tx: agree(tx, story))
        story.end()
        laws.hold_in_the_end(life)
        life.do(lambda tx: agree(tx, story))


def agree(tx: Tx, story: Story) -> None:
    """Each order with the books of its shop, and each statement with what it is made of."""
    shops = {shop.shop.id: shop.shop for theirs in story.world.shops.values() for shop in theirs}
    for order in each(orders.by_ids(tx, story.placed)):
        lines = orders.lines(tx, [order.id])
        prices_agree(order, lines)
        earnings_agree(tx, shops[order.shop_id], order)
    for shop in shops.values():
        statements_agree(tx, shop)


def prices_agree(order: Order, lines: list[Line]) -> None:
    """Units add up to their lines, and lines to the order."""
    for line in lines:
        units = orders.unit_prices(line)
        assert sum(unit.payment_minor for unit in units) == line.payment_minor
        assert sum(unit.list_minor for unit in units) == line.list_minor
        assert sum(unit.tax_minor for unit in units) == line.tax_minor
    assert sum(line.payment_minor for line in lines) == order.total.minor
    assert sum(line.refunded_minor for line in lines) == order.refunded_minor


def earnings_agree(tx: Tx, shop: Shop, order: Order) -> None:
    """What the books tell of an order is what is claimed for it, and splits into its columns."""
    told = earned.of_order(tx, shop, order.id)
    claims = settlement.claims_of_orders(tx, [order.id])
    mine = [
        claim
        for claim in claims
        if claim.payee_id == shop.merchant_id and claim.kind != "compensation"
    ]
    assert sum(one.totals.minor for one in told) == sum(claim.amount.minor for claim in mine)
    for one in told:
        columns_add_up(one)


def columns_add_up(one: Earning) -> None:
    """An amount is revenue, shipping, fees and taxes together."""
    minor, *columns = one.totals
    assert minor == sum(columns), one


def statements_agree(tx: Tx, shop: Shop) -> None:
    """A statement is its transactions and what its reserve took or gave."""
    for row in earned.statements(tx, shop, Cut()):
        made_of = earned.transactions(tx, row, Cut(limit=1_000))
        earnings = [one for one in made_of if isinstance(one, Earning)]
        assert sum(one.totals.minor for one in earnings) == row.totals.minor
        made_up = [one.minor for one in made_of if isinstance(one, Compensation)]
        assert sum(made_up) == row.compensated
        assert row.totals.minor + row.compensated + row.reserve_minor == row.net_minor
