"""A worker that was down for days writes what one would have written that was not."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from entrepot.flows import sweeps
from tests.databases import Server
from tests.living import RATES, Life
from tests.properties import laws, worlds
from tests.properties.stories import Act, Basket, Story
from tests.properties.worlds import World

BEGINS = datetime(2024, 10, 20, 12, tzinfo=UTC)
DOWN_FOR = timedelta(days=3)
# What is sent to banks and payment providers is sent when somebody is there to send it.
WRITTEN = {
    "ledger": (
        "select e.kind, e.occurred_at, a.purpose, a.owner_id, p.currency, p.minor"
        " from ledger.entries e join ledger.postings p on p.entry = e.id"
        " join ledger.accounts a on a.id = p.account"
        " where e.kind not in ('payout_sent', 'payout_paid', 'refund_paid')"
    ),
    "claims": (
        "select payee_id, kind, order_id, pos, minor, tier, rules, eligible_at, reserve_bp,"
        " reserve_until from settlement.claims"
    ),
    "statements": (
        "select payee_id, shop_id, currency, stated_on, due_at, claims, minor, reserved_minor,"
        " consumed_minor, released_minor from settlement.statements"
    ),
    "payouts": (
        "select payee_id, minor, payout_currency, payout_minor, rate_on, due_at, state, rule"
        " from settlement.payouts"
    ),
    "tiers": "select shop_id, month_on, tier, rule, decided_at from settlement.tiers",
    "orders": (
        "select id, state, refunded_minor, seller_fault, closed_at, changed_at, due_at"
        " from orders.orders"
    ),
    "stock": "select id, on_hand, reserved from inventory.positions",
}
MARKETS = ("us", "de")
SOLD = [
    Basket(market, ((n, 0, 2), (5, 1, 1)), True, True, False, True)
    for market in MARKETS
    for n in (0, 2)
]


@pytest.fixture(scope="module")
def world(server: Server, rules: object) -> Iterator[World]:
    with worlds.world(server, rules, BEGINS, MARKETS) as made:
        yield made


@pytest.mark.slow
@pytest.mark.parametrize("days", [0, 6, 12, 33])
def test_late_is_as_good_as_timely(server: Server, world: World, days: int) -> None:
    """Days after the parcels: timers, tiers, new rules, reserves, statements, payouts fall due."""
    with worlds.living(server, world) as life:
        story = on_their_way(life, world)
        life.on(days)
        until = life.do(lambda tx: tx.now) + DOWN_FOR
        with worlds.aside(life):
            life.at(until)
            timely = written(life)
        life._hold(until)  # Nobody sweeps meanwhile …
        swept(life)  # … and then somebody does, all at once.
        late = written(life)
        assert late == timely
        story.end()
        laws.hold_in_the_end(life)


def swept(life: Life) -> None:
    """All that is due by now, as the worker does it."""
    now = life.do(lambda tx: tx.now)
    while True:
        due = life.do(lambda tx: sweeps.next_due(tx, RATES))
        if due is None or due.at > now:
            break
        life.do(due.do)
        life.pay_out()


def on_their_way(life: Life, world: World) -> Story:
    """Orders in many states: not paid, not shipped, on their way, arrived, held in part."""
    story = Story(life, world, SOLD)
    for _ in SOLD:
        story.act(Act(0, "buy", 0, 100))
    for shops in world.shops.values():
        life.do(lambda tx, shop=shops[-1]: worlds.restrict(tx, shop, 2))  # type: ignore[misc]
    life.on(1)
    for n in range(0, len(story.placed), 2):
        story.act(Act(2, "ship", n, 100))
    for _ in range(3):
        story.act(Act(10, "deliver", 1, 100))
    story.act(Act(1, "refund_part", 2, 30))
    assert story.refused == []
    return story


def written(life: Life) -> dict[str, list[tuple[Any, ...]]]:
    def read(query: str) -> list[tuple[Any, ...]]:
        return life.do(
            lambda tx: sorted(tuple(map(str, row)) for row in tx.sql.execute(text(query)))
        )

    return {noun: read(query) for noun, query in WRITTEN.items()}
