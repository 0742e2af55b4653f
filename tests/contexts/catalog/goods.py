"""Merchants with shops and goods, made through the doors."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from entrepot.contexts import catalog, identity, merchants
from entrepot.contexts.catalog import CategoryId, NewListing, NewPrice, NewProduct, NewSku
from entrepot.kernel.access import Actor, Grant, OrganisationId
from entrepot.kernel.problems import each
from entrepot.kernel.tx import Tx

T = TypeVar("T")

CLOTHES = CategoryId("aa")
APPAREL = CategoryId("aa-1")
BABIES = CategoryId("aa-1-2")
TOYS = CategoryId("tg-5")
MATURE = CategoryId("ma-1")
NAMES = {
    "aa": "Apparel & Accessories",
    "aa-1": "Clothing",
    "aa-1-2": "Baby & Toddler Clothing",
    "ma": "Mature",
    "ma-1": "Erotic",
    "tg": "Toys & Games",
    "tg-5": "Toys",
}


@dataclass(frozen=True)
class Seller:
    """A merchant with one shop."""

    merchant_id: OrganisationId
    shop: merchants.Shop

    @property
    def staff(self) -> Actor:
        """Somebody who works for the merchant."""
        words = ("product:edit", "product:read", "price:set", "stock:read", "stock:edit")
        grants = frozenset(Grant(word, self.merchant_id) for word in (*words, "receipt:record"))
        return Actor("person:1", grants)


OPERATOR = Actor(
    "person:2",
    frozenset(
        Grant(word)
        for word in (
            "agreement:edit",
            "agreement:read",
            "price:set",
            "product:audit",
            "product:edit",
            "product:read",
            "receipt:record",
            "stock:edit",
            "stock:read",
        )
    ),
)


def by(tx: Tx, actor: Actor, now: datetime | None = None) -> Tx:
    """A unit of work of its own in the same transaction, by somebody, at some instant."""
    return replace(tx, actor=actor, now=now or tx.now, held={})


def unit(tx: Tx, now: datetime | None = None) -> Tx:
    """A unit of work of its own in the same transaction: it holds no locks yet."""
    return by(tx, tx.actor, now)


def load_tree(tx: Tx) -> None:
    leaves = {"aa-1-2", "ma-1", "tg-5"}
    catalog.load_categories(
        tx,
        [
            catalog.Category(id=CategoryId(id), name_en=name, name_zh_cn=name, is_leaf=id in leaves)
            for id, name in NAMES.items()
        ],
    )


def seller(
    tx: Tx, mode: str = "self-operated", market: str = "us", stage: str | None = None
) -> Seller:
    """A merchant from China with a shop, past probation unless a stage is given."""
    wish = identity.NewOrganisation(kind=identity.Kind.MERCHANT, name="A merchant", country="CN")
    [merchant] = each(identity.found(tx, [wish]))
    return Seller(merchant.id, _shop(tx, merchant.id, mode, market, stage))


def another_shop(tx: Tx, of: Seller, mode: str, market: str) -> Seller:
    """The same merchant with a shop elsewhere."""
    return replace(of, shop=_shop(tx, of.merchant_id, mode, market, None))


def _shop(
    tx: Tx, merchant_id: OrganisationId, mode: str, market: str, stage: str | None
) -> merchants.Shop:
    wish = merchants.NewShop(
        merchant_id=merchant_id,
        name="A shop",
        market=market,
        mode=mode,
        seller_type=merchants.SellerType.CROSS_BORDER,
        stage=stage,
    )
    [shop] = each(merchants.open_shops(tx, [wish]))
    return shop


def products(
    tx: Tx, of: Seller, n: int = 1, skus: int = 1, category: CategoryId = APPAREL
) -> list[catalog.Product]:
    wishes = [
        NewProduct(
            merchant_id=of.merchant_id,
            category_id=category,
            title=f"Product {number}",
            skus=tuple(NewSku(code=f"S{k}", options={"size": str(k)}) for k in range(skus)),
        )
        for number in range(n)
    ]
    return each(catalog.create(tx, wishes))


def priced(product: catalog.Product, of: Seller, price_minor: int = 1_000) -> NewListing:
    return NewListing(
        product_id=product.id,
        shop_id=of.shop.id,
        prices=tuple(
            NewPrice(sku_id=sku.id, price_minor=price_minor, shipping_minor=200)
            for sku in product.skus
        ),
    )


def sold(tx: Tx, of: Seller, n: int = 1, price_minor: int = 1_000) -> list[catalog.Product]:
    """Products with live listings."""
    made = products(tx, of, n)
    drafts = each(catalog.list_products(tx, [priced(product, of, price_minor) for product in made]))
    each(catalog.activate(tx, [draft.id for draft in drafts]))
    return made


def skus(made: Iterable[catalog.Product]) -> list[catalog.SkuId]:
    return [sku.id for product in made for sku in product.skus]
