"""What shoppers and sellers see."""

import pytest

from entrepot.adapters import taxonomy
from entrepot.contexts import catalog
from entrepot.contexts.catalog import (
    CategoryId,
    Cursor,
    Filters,
    ListingFilters,
    Move,
    NewProduct,
    NewSku,
    State,
    Verb,
)
from entrepot.kernel.problems import BadInput, Forbidden, NotFound, each
from entrepot.kernel.tx import Tx

from . import goods
from .goods import OPERATOR, Seller, by


@pytest.fixture
def us(tx: Tx) -> Seller:
    """A merchant that decides all by itself."""
    goods.load_tree(tx)
    return goods.seller(tx)


def test_pages_follow_each_other_without_gap_or_repeat(tx: Tx, us: Seller) -> None:
    goods.sold(tx, us, n=7)
    seen: list[catalog.Card] = []
    after: Cursor | None = None
    while cards := catalog.page(tx, "us", after=after, limit=3):
        seen += cards
        after = cards[-1].cursor

    assert len(seen) == 7
    assert [card.listing_id for card in seen] == sorted(
        (card.listing_id for card in seen), reverse=True
    )
    assert {(card.from_minor, card.currency) for card in seen} == {(1_000, "USD")}


def test_filters_narrow_a_page(tx: Tx, us: Seller) -> None:
    goods.sold(tx, us, n=2, price_minor=500)
    other = goods.seller(tx)
    goods.sold(tx, other, n=1, price_minor=900)

    def count(**filters: object) -> int:
        return len(catalog.page(tx, "us", Filters(**filters)))  # type: ignore[arg-type]

    assert count() == 3
    assert count(shop_id=other.shop.id) == 1
    assert count(category_id=CategoryId("aa")) == 3
    assert count(category_id=CategoryId("aa-1")) == 3
    assert count(category_id=CategoryId("aa-1-2")) == 0
    assert count(category_id=CategoryId("tg")) == 0
    assert count(text="pRoDuCt 1") == 1
    assert count(text="100%") == 0
    assert count(min_minor=501) == 1
    assert count(max_minor=500) == 2
    assert catalog.page(tx, "gb") == []


def test_only_what_is_live_is_seen(tx: Tx, us: Seller) -> None:
    [product] = goods.sold(tx, us)
    [card] = catalog.page(tx, "us")
    detail = catalog.detail(tx, "us", product.id)
    assert isinstance(detail, catalog.Detail)
    [variant] = detail.variants
    assert (variant.price_minor, variant.shipping_minor) == (1_000, 200)
    assert (variant.sku, variant.lowest_minor) == (product.skus[0], None)

    each(catalog.move(tx, [Move(listing_id=card.listing_id, verb=Verb.TAKE_DOWN)]))

    assert catalog.page(tx, "us") == []
    assert isinstance(catalog.detail(tx, "us", product.id), NotFound)


def test_a_seller_sees_the_own_and_the_operator_all(tx: Tx, us: Seller) -> None:
    other = goods.seller(tx)
    mine, theirs = goods.sold(tx, us, n=2), goods.sold(tx, other)
    goods.products(tx, us)

    def listed(seller: Seller | None, **filters: object) -> int:
        asks = by(tx, OPERATOR if seller is None else seller.staff)
        return len(catalog.listings(asks, ListingFilters(**filters)))  # type: ignore[arg-type]

    assert (listed(us), listed(other), listed(None)) == (2, 1, 3)
    assert listed(None, shop_id=us.shop.id, market="us", state=State.ACTIVATE) == 2
    assert listed(None, state=State.DRAFT) == 0
    assert len(catalog.products_after(by(tx, us.staff))) == 3
    [hidden] = catalog.products(by(tx, us.staff), [theirs[0].id])
    assert isinstance(hidden, NotFound)
    assert each(catalog.products(by(tx, us.staff), [mine[0].id])) == [mine[0]]


def test_products_are_refused_one_by_one(tx: Tx, us: Seller) -> None:
    def wish(**more: object) -> NewProduct:
        given = {
            "merchant_id": us.merchant_id,
            "category_id": goods.APPAREL,
            "title": "A shirt",
            "skus": (NewSku(code="S"), NewSku(code="M")),
        }
        return NewProduct(**{**given, **more})  # type: ignore[arg-type]

    outcomes = catalog.create(
        by(tx, us.staff),
        [
            wish(),
            wish(category_id=CategoryId("zz")),
            wish(title=" "),
            wish(skus=()),
            wish(skus=(NewSku(code="S"), NewSku(code="S"))),
            wish(merchant_id=goods.seller(tx).merchant_id),
        ],
    )

    assert [type(outcome) for outcome in outcomes] == [
        catalog.Product, NotFound, BadInput, BadInput, BadInput, Forbidden,
    ]  # fmt: skip
    assert len(catalog.products_after(tx)) == 1


def test_the_shipped_tree_is_loaded_whole_and_twice_the_same(tx: Tx) -> None:
    rows = taxonomy.categories()
    catalog.load_categories(tx, rows)
    catalog.load_categories(tx, rows)

    assert len(rows) == 10_595
    assert sum(row.is_leaf for row in rows) == 8_516
    assert len(catalog.children(tx)) == 26
    clothing = catalog.category(tx, CategoryId("aa-1"))
    assert isinstance(clothing, catalog.Category)
    assert (clothing.name_en, clothing.name_zh_cn) == ("Clothing", "服装")
    below = catalog.children(tx, CategoryId("aa-1"))
    assert {category.id.parent for category in below} == {"aa-1"}


def test_a_category_knows_its_way_to_the_root() -> None:
    assert CategoryId("aa-1-12").path == ("aa-1-12", "aa-1", "aa")
    assert CategoryId("aa").parent is None
