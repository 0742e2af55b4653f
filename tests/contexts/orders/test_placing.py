"""From a quote to orders: copied exactly, placed once, seen by who may."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from entrepot.contexts import orders
from entrepot.contexts.orders import (
    Group,
    Order,
    OrderNotFound,
    Quote,
    QuoteDiffers,
    QuoteExpired,
    QuoteId,
    QuoteNotFound,
    State,
)
from entrepot.kernel.access import Actor, Grant, PersonId
from entrepot.kernel.money import Currency, Money
from entrepot.kernel.problems import only
from entrepot.kernel.tx import Tx
from tests.contexts.orders import made
from tests.contexts.orders.made import Wanted

ANNA, BEN = PersonId(1), PersonId(2)


def acting(tx: Tx, actor: Actor) -> Tx:
    return replace(made.later(tx), actor=actor)


def test_a_quote_becomes_an_order_for_each_shop(tx: Tx) -> None:
    quote_id = made.quoted(tx, [[Wanted(3, 30_01), Wanted(1, 5_00)], [Wanted(2, 8_00)]])

    group = made.place(tx, quote_id)

    one, two = orders.of_groups(tx, [group.id])
    assert (one.id, two.id) == group.order_ids
    assert (one.shop_id, two.shop_id) == (made.SHOP, made.OTHER_SHOP)
    assert (one.total, two.total) == (Money(35_01, Currency.USD), Money(8_00, Currency.USD))
    assert {one.state, two.state} == {State.UNPAID}
    assert one.due_at == tx.now + timedelta(minutes=60)
    first, second = orders.lines(tx, [one.id])
    assert (first.pos, first.quantity, first.payment_minor) == (1, 3, 30_01)
    assert (second.pos, second.quantity, second.payment_minor) == (2, 1, 5_00)
    assert [part.minor for part in first.parts] == [30_01]
    assert (first.cancelled, first.shipped, first.delivered, first.returned) == (0, 0, 0, 0)
    facts = tx.sql.execute(
        text("select subject, payload from events.fresh where name = 'orders.order_placed'")
    ).all()
    assert [(fact.subject, fact.payload["total_minor"]) for fact in facts] == [
        (one.id, 35_01),
        (two.id, 8_00),
    ]


def test_a_quote_is_placed_once(tx: Tx) -> None:
    quote_id = made.quoted(tx)
    group = made.place(tx, quote_id)

    [again] = orders.open_quotes(made.later(tx), [made.placing(quote_id)])

    assert again == group
    assert orders.placed(tx, [quote_id]) == {quote_id: group}


def test_each_placing_has_its_own_outcome(tx: Tx) -> None:
    good = made.quoted(tx)
    short = made.quoted(tx, valid_for=timedelta(minutes=1))
    others = made.quoted(tx, buyer=BEN)
    elsewhere = replace(made.HOME, postal_code="10001")
    later = acting(made.later(tx, timedelta(minutes=1)), Actor("person:1", person=ANNA))

    outcomes = orders.open_quotes(
        later,
        [
            made.placing(good),
            made.placing(short),
            made.placing(others),
            made.placing(QuoteId(1)),
        ],
    )
    [moved] = orders.open_quotes(later, [made.placing(good, elsewhere)])

    ready, expired, foreign, none = outcomes
    assert isinstance(ready, Quote) and isinstance(expired, QuoteExpired)
    assert isinstance(foreign, QuoteNotFound) and isinstance(none, QuoteNotFound)
    assert isinstance(moved, QuoteDiffers)
    assert tx.sql.scalar(text("select count(*) from orders.groups")) == 0


def test_equal_terms_are_kept_once(tx: Tx) -> None:
    one, two, three = orders.keep_terms(tx, [{"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 2}])
    [again] = orders.keep_terms(tx, [{"a": 1, "b": 2}])

    assert one == two == again != three
    assert orders.terms(tx, [one])[one].content == {"a": 1, "b": 2}


def test_who_sees_an_order(tx: Tx) -> None:
    order_id = made.placed(tx, buyer=ANNA)
    group_id = made.head(tx, order_id).group_id
    read = {Grant("order:read", made.MERCHANT)}
    foreign = {Grant("order:read", made.OTHER_MERCHANT), Grant("order:ship", made.MERCHANT)}
    seen = {
        name: isinstance(orders.by_ids(acting(tx, actor), [order_id])[0], Order)
        for name, actor in {
            "merchant": Actor("person:3", read),
            "another": Actor("person:4", foreign),
            "operator": Actor("person:5", {Grant("order:read")}),
            "buyer": Actor("person:1", person=ANNA),
            "the buyer's program": Actor("token:1", person=ANNA, by_token=True),
            "other buyer": Actor("person:2", person=BEN),
            "link": Actor("guest", signed=frozenset({group_id})),
            "guest": Actor("guest"),
        }.items()
    }

    assert seen == {
        "merchant": True,
        "another": False,
        "operator": True,
        "buyer": True,
        "the buyer's program": False,
        "other buyer": False,
        "link": True,
        "guest": False,
    }
    [hidden] = orders.by_ids(acting(tx, Actor("guest")), [order_id])
    assert isinstance(hidden, OrderNotFound)
    assert orders.page(acting(tx, Actor("guest")), orders.Filter()) == []


def test_the_address_is_hidden_until_the_free_hour_is_over(tx: Tx) -> None:
    order_id = made.placed(tx)
    group_id = made.head(tx, order_id).group_id
    merchant = acting(tx, Actor("person:3", {Grant("order:read", made.MERCHANT)}))
    link = acting(tx, Actor("guest", signed=frozenset({group_id})))

    def shown(to: Tx) -> list[str]:
        return [who.name for who in orders.recipients(to, [made.head(to, order_id)]).values()]

    assert (shown(merchant), shown(link), shown(tx)) == ([], ["A. Buyer"], ["A. Buyer"])
    for verb in (orders.Verb.PAY, orders.Verb.RELEASE):
        assert shown(merchant) == []
        only(orders.move(made.later(tx), [orders.Step(order_id=order_id, verb=verb)]))
    assert shown(merchant) == ["A. Buyer"]


def test_pages_and_filters(tx: Tx) -> None:
    ids = [made.placed(made.later(tx, timedelta(minutes=n))) for n in range(3)]
    only(orders.move(made.later(tx), [orders.Step(order_id=ids[1], verb=orders.Verb.PAY)]))

    first = orders.page(tx, orders.Filter(), limit=2)
    rest = orders.page(tx, orders.Filter(), after=(first[-1].placed_at, first[-1].id), limit=2)

    assert [order.id for order in [*first, *rest]] == ids[::-1]

    def found(wanted: orders.Filter) -> list[int]:
        return [ids.index(order.id) for order in orders.page(tx, wanted)]

    assert found(orders.Filter(state=State.ON_HOLD)) == [1]
    assert found(orders.Filter(shop_id=made.OTHER_SHOP)) == []
    assert found(orders.Filter(placed_from=tx.now + timedelta(minutes=1))) == [2, 1]
    assert found(orders.Filter(placed_before=tx.now + timedelta(minutes=1))) == [0]


def test_who_has_bought_before(tx: Tx) -> None:
    made.placed(tx, buyer=ANNA)

    assert orders.known_buyers(tx, [ANNA, BEN]) == {ANNA}


def test_groups_know_their_orders(tx: Tx) -> None:
    group = made.place(tx, made.quoted(tx, [[Wanted()], [Wanted()]]))

    found: dict[orders.GroupId, Group] = orders.groups(tx, [group.id])

    assert found == {group.id: group}


def test_a_quote_that_nobody_placed_is_forgotten_after_a_day(tx: Tx) -> None:
    forgotten, bought = made.quoted(tx), made.quoted(tx)
    made.place(tx, bought)
    [expired] = orders.open_quotes(made.later(tx, timedelta(hours=23)), [made.placing(forgotten)])

    assert isinstance(expired, QuoteExpired)
    assert orders.forget_quotes(tx) == 0
    assert orders.forget_quotes(made.later(tx, timedelta(days=3))) == 1
    left = tx.sql.scalars(text("select id from orders.quotes")).all()
    assert left == [bought]
