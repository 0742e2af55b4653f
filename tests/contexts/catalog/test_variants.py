"""Which SKUs a product has, and who decides it."""

import pytest

from entrepot.contexts import catalog
from entrepot.contexts.catalog import NewSku, Product, SkuChange, SkuEdit
from entrepot.contexts.merchants import NotYourDecision
from entrepot.kernel.access import Actor
from entrepot.kernel.problems import NotFound, each, only
from entrepot.kernel.tx import Tx

from . import goods
from .goods import OPERATOR, Seller, by

FULL_MANAGED = "full-managed-consignment"


@pytest.fixture(autouse=True)
def tree(tx: Tx) -> None:
    goods.load_tree(tx)


def listed(tx: Tx, of: Seller) -> Product:
    [product] = goods.sold(tx, of)
    return product


def change(product: Product) -> SkuChange:
    [sku] = product.skus
    return SkuChange(
        product_id=product.id,
        edits=(SkuEdit(sku_id=sku.id, code="OTHER"),),
        new=(NewSku(code="NEW", options={"size": "9"}),),
    )


def codes(tx: Tx, product: Product) -> list[str]:
    [found] = each(catalog.products(tx, [product.id]))
    return sorted(sku.code for sku in found.skus)


@pytest.mark.parametrize(
    ("mode", "decides", "other"),
    [("self-operated", "merchant", OPERATOR), (FULL_MANAGED, "platform", None)],
)
def test_skus_are_decided_by_whoever_owns_the_content(
    tx: Tx, mode: str, decides: str, other: Actor | None
) -> None:
    of = goods.seller(tx, mode=mode)
    product = listed(tx, of)
    one_side = OPERATOR if decides == "platform" else of.staff

    [refused] = catalog.change_skus(by(tx, other or of.staff), [change(product)])

    assert isinstance(refused, NotYourDecision)
    assert (refused.members["flag"], refused.members["decided_by"]) == ("content_owner", decides)
    assert codes(tx, product) == ["S0"]
    only(catalog.change_skus(by(tx, one_side), [change(product)]))
    assert codes(tx, product) == ["NEW", "OTHER"]


def test_one_shop_of_the_platforms_is_enough(tx: Tx) -> None:
    of = goods.seller(tx)
    product = listed(tx, of)
    other = goods.another_shop(tx, of, mode=FULL_MANAGED, market="gb")
    only(catalog.list_products(tx, [goods.priced(product, other)]))

    [refused] = catalog.change_skus(by(tx, of.staff), [change(product)])

    assert isinstance(refused, NotYourDecision)
    assert codes(tx, product) == ["S0"]


def test_what_is_listed_nowhere_is_the_merchants(tx: Tx) -> None:
    of = goods.seller(tx, mode=FULL_MANAGED)
    [product] = goods.products(tx, of)

    [foreign] = catalog.change_skus(by(tx, goods.seller(tx).staff), [change(product)])
    changed = only(catalog.change_skus(by(tx, of.staff), [change(product)]))

    assert isinstance(foreign, NotFound)
    assert sorted(sku.code for sku in changed.skus) == codes(tx, product) == ["NEW", "OTHER"]
