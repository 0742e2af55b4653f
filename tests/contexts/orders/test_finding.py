"""What sellers find among their shop's orders, and who finds it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from entrepot.contexts import orders
from entrepot.contexts.orders import Cut, OrderId, Search, State, access
from entrepot.contexts.orders import tables as t
from entrepot.kernel.access import Actor, Grant, OrganisationId, PersonId, platform
from entrepot.kernel.db import statement
from entrepot.kernel.ids import Id
from entrepot.kernel.problems import each
from entrepot.kernel.tx import Tx
from tests.contexts.orders import made

BUYER, FOREVER = PersonId(7), 100


def seller(within: OrganisationId | None) -> Actor:
    return Actor("person:1", frozenset({Grant("order:read", within)}), person=PersonId(1))


ACTORS: dict[str, Callable[[Id], Actor]] = {
    "the platform": lambda _: platform("test"),
    "an operator": lambda _: seller(None),
    "the merchant": lambda _: seller(made.MERCHANT),
    "another merchant": lambda _: seller(made.OTHER_MERCHANT),
    "an app of the merchant": lambda _: replace(seller(made.MERCHANT), by_token=True),
    "the buyer": lambda _: Actor("person:7", person=BUYER),
    "a program of the buyer": lambda _: Actor("person:7", person=BUYER, by_token=True),
    "who has the link": lambda group: Actor("guest", signed=frozenset({group})),
    "a stranger": lambda _: Actor("guest"),
}


def placed(tx: Tx, n: int) -> list[OrderId]:
    """Orders of a buyer, a minute apart; the youngest first."""
    return [
        made.placed(made.later(tx, timedelta(minutes=minute)), buyer=BUYER)
        for minute in reversed(range(n))
    ]


@pytest.mark.parametrize("name", ACTORS)
def test_both_ways_to_say_who_sees_an_order_are_the_same(tx: Tx, name: str) -> None:
    [bought], other = placed(tx, 1), made.placed(tx)
    [order] = each(orders.by_ids(tx, [bought]))
    actor = ACTORS[name](order.group_id)

    lists = select(t.orders.c.id).where(access.visible_to(actor))
    condition, values = access.seen_by(actor)
    found = statement(f"select o.id from orders.orders o where {condition}")

    seen = {*tx.sql.scalars(lists)}
    assert {*map(OrderId, tx.sql.execute(found, values).scalars())} == seen
    everything = {"the platform", "an operator", "the merchant", "an app of the merchant"}
    own = {"the buyer", "who has the link"}
    assert seen == ({bought, other} if name in everything else {bought} if name in own else set())


def test_pages_go_through_all_orders_once_in_both_directions(tx: Tx) -> None:
    youngest_first = placed(tx, 5)
    for rising in (False, True):
        walked, last = [], None
        while page := orders.search(
            tx, Search(shop_id=made.SHOP), Cut(after=last, rising=rising, limit=2)
        ):
            walked += [id for _, id in page]
            last = page[-1]
        assert walked == ([*reversed(youngest_first)] if rising else youngest_first)


def test_a_search_is_of_one_shop_and_of_what_is_asked(tx: Tx) -> None:
    [second, first] = placed(tx, 2)
    at = {id: when for when, id in orders.search(tx, Search(shop_id=made.SHOP), Cut())}
    by = {
        "all": Search(shop_id=made.SHOP),
        "of another shop": Search(shop_id=made.OTHER_SHOP),
        "unpaid or lost": Search(shop_id=made.SHOP, states=(State.UNPAID, State.LOST)),
        "delivered": Search(shop_id=made.SHOP, states=(State.DELIVERED,)),
        "since the second": Search(shop_id=made.SHOP, placed=(at[second], None)),
        "before the second": Search(shop_id=made.SHOP, placed=(None, at[second])),
        "of the buyer": Search(shop_id=made.SHOP, buyer_id=BUYER),
        "of another one": Search(shop_id=made.SHOP, buyer_id=PersonId(8)),
        "to be cancelled": Search(shop_id=made.SHOP, asked_to_cancel=True),
    }
    expected = {
        "all": [second, first],
        "unpaid or lost": [second, first],
        "since the second": [second],
        "before the second": [first],
        "of the buyer": [second, first],
    }
    for name, wanted in by.items():
        found = [id for _, id in orders.search(tx, wanted, Cut())]
        assert found == expected.get(name, []), name
        assert orders.count(tx, wanted, FOREVER) == len(found)
    assert orders.count(tx, by["all"], 1) == 1


def test_orders_of_a_shop_are_told_from_others(tx: Tx) -> None:
    [id] = placed(tx, 1)
    absent = OrderId(int(id) + 1)
    assert orders.in_shop(tx, made.SHOP, [id, absent]) == {id}
    assert orders.in_shop(tx, made.OTHER_SHOP, [id]) == set()
    assert orders.in_shop(replace(tx, actor=seller(made.OTHER_MERCHANT)), made.SHOP, [id]) == set()
