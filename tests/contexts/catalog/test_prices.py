"""Who sets a price, and what it was."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from entrepot.contexts import catalog
from entrepot.contexts.catalog import Move, NotListed, Price, PriceChange, Verb
from entrepot.contexts.merchants import NotYourDecision
from entrepot.kernel.access import Actor
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.problems import BadInput, Forbidden, Problem, each, only
from entrepot.kernel.tx import Tx

from . import goods
from .goods import OPERATOR, Seller, by, unit

DAY = timedelta(days=1)


@pytest.fixture
def us(tx: Tx) -> Seller:
    """A merchant that decides all by itself."""
    goods.load_tree(tx)
    return goods.seller(tx)


def change(product: catalog.Product, price_minor: int, market: str = "us") -> PriceChange:
    return PriceChange(
        sku_id=product.skus[0].id, market=market, price_minor=price_minor, shipping_minor=150
    )


def test_the_operator_may_not_price_what_the_merchant_prices(tx: Tx, us: Seller) -> None:
    [product] = goods.sold(tx, us)

    [refused] = catalog.set_prices(by(tx, OPERATOR), [change(product, 900)])
    priced = only(catalog.set_prices(by(tx, us.staff), [change(product, 950)]))

    assert isinstance(refused, NotYourDecision)
    assert refused.members == {
        "flag": "retail_price_setter",
        "decided_by": "merchant",
        "rule": "modes/any/2010-01-01@1",
    }
    assert (priced.version, priced.side, priced.price_minor) == (2, "merchant", 950)
    assert [price.price_minor for price in history(tx, product)] == [950, 1_000]


def test_the_merchant_may_not_price_what_the_operator_prices(tx: Tx, us: Seller) -> None:
    supplier = goods.seller(tx, mode="full-managed-consignment")
    [product] = goods.sold(tx, supplier)

    [refused] = catalog.set_prices(by(tx, supplier.staff), [change(product, 900)])
    priced = only(catalog.set_prices(by(tx, OPERATOR), [change(product, 950)]))

    assert isinstance(refused, NotYourDecision)
    assert refused.members["decided_by"] == "platform"
    assert (priced.version, priced.side, priced.rule) == (2, "platform", "modes/any/2010-01-01@1")


def history(tx: Tx, product: catalog.Product) -> list[Price]:
    return catalog.price_history(tx, "us", product.skus[0].id)


def test_each_wish_has_its_own_outcome_and_the_last_price_holds(tx: Tx, us: Seller) -> None:
    one, other = goods.sold(tx, us, n=2)
    listing = catalog.offers(tx, "us", [other.skus[0].id])[other.skus[0].id].listing_id
    each(catalog.move(tx, [Move(listing_id=listing, verb=Verb.FREEZE)]))

    outcomes = catalog.set_prices(
        tx,
        [
            change(one, 900),
            change(one, 0),
            change(one, 800),
            change(one, 700, "gb"),
            change(other, 700),
        ],
    )

    assert [type(outcome) for outcome in outcomes] == [
        Price, BadInput, Price, NotListed, IllegalMove,
    ]  # fmt: skip
    assert [(p.version, p.price_minor) for p in history(tx, one)] == [(2, 800), (1, 1_000)]
    assert [(p.version, p.price_minor) for p in history(tx, other)] == [(1, 1_000)]
    facts = tx.sql.execute(
        text("select payload from events.fresh where name = 'catalog.price_set'")
    )
    assert [fact["price_minor"] for fact in facts.scalars()] == [800]


def test_foreign_and_helpless_people_set_nothing(tx: Tx, us: Seller) -> None:
    [product] = goods.sold(tx, us)
    other = goods.seller(tx)
    grants = {grant for grant in us.staff.grants if grant.permission == "product:read"}
    reader = Actor("person:9", frozenset(grants))

    [foreign] = catalog.set_prices(by(tx, other.staff), [change(product, 1)])
    [helpless] = catalog.set_prices(by(tx, reader), [change(product, 1)])

    assert isinstance(foreign, NotListed)
    assert isinstance(helpless, Forbidden)
    assert [price.price_minor for price in history(tx, product)] == [1_000]


def test_the_lowest_price_of_the_thirty_days_before(tx: Tx, us: Seller) -> None:
    [product] = goods.sold(tx, us)  # 1000 from now on
    sku = product.skus[0].id
    start = tx.now

    def at(day: int, price_minor: int) -> None:
        only(catalog.set_prices(unit(tx, start + day * DAY), [change(product, price_minor)]))

    at(10, 800)
    at(20, 1_200)
    at(45, 700)

    def lowest(at: datetime) -> int | None:
        return catalog.lowest(tx, "us", [sku], at).get(sku)

    second = timedelta(seconds=1)
    assert lowest(start) is None
    assert lowest(start + second) == 1_000
    assert lowest(start + 10 * DAY) == 1_000
    assert lowest(start + 10 * DAY + second) == 800
    assert lowest(start + 45 * DAY) == 800  # In force until day 20, and day 15 counts.
    assert lowest(start + 50 * DAY - second) == 700
    assert lowest(start + 45 * DAY + 31 * DAY) == 700


def test_what_ended_before_the_thirty_days_does_not_count(tx: Tx, us: Seller) -> None:
    [product] = goods.sold(tx, us, price_minor=500)
    sku = product.skus[0].id
    only(catalog.set_prices(unit(tx, tx.now + DAY), [change(product, 900)]))

    assert catalog.lowest(tx, "us", [sku], tx.now + 31 * DAY) == {sku: 900}
    assert catalog.lowest(tx, "us", [sku], tx.now + 31 * DAY - timedelta(seconds=1)) == {sku: 500}


def test_history_is_sealed(tx: Tx, us: Seller) -> None:
    goods.sold(tx, us)

    for statement in ("update catalog.prices set price_minor = 1", "delete from catalog.moves"):
        with pytest.raises(DBAPIError), tx.sql.begin_nested():
            tx.sql.execute(text(statement))


def test_an_offer_says_all_that_a_quote_needs(tx: Tx, us: Seller) -> None:
    [product] = goods.sold(tx, us)
    [draft] = goods.products(tx, us)
    only(catalog.list_products(tx, [goods.priced(draft, us, 700)]))
    sku, unlisted = product.skus[0].id, draft.skus[0].id

    offers = catalog.offers(tx, "us", [sku, unlisted, catalog.SkuId(1)])

    assert offers.keys() == {sku, unlisted}
    offer = offers[sku]
    assert (offer.price_minor, offer.shipping_minor, offer.currency) == (1_000, 200, "USD")
    assert offer.category_path == ("aa-1", "aa")
    assert (offer.shop_id, offer.merchant_id) == (us.shop.id, us.merchant_id)
    assert offer.live and not offers[unlisted].live
    assert catalog.offers(tx, "gb", [sku]) == {}


def test_a_refused_price_is_a_problem_with_a_page(tx: Tx, us: Seller) -> None:
    [product] = goods.sold(tx, us)
    [refused] = catalog.set_prices(by(tx, OPERATOR), [change(product, 900)])
    assert isinstance(refused, Problem)
    assert refused.body()["type"] == "/problems/not-your-decision"
