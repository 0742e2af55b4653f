"""Fills an installation through the doors: shops in any mode, goods, stock, people who sign in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from entrepot.contexts import affiliates, catalog, identity, inventory, merchants, sourcing
from entrepot.contexts.catalog import CategoryId, NewListing, NewPrice, NewProduct, NewSku
from entrepot.contexts.identity import Kind
from entrepot.flows import receiving
from entrepot.kernel.access import OrganisationId, PersonId, platform
from entrepot.kernel.money import Currency
from entrepot.kernel.problems import each, only
from entrepot.kernel.tx import Tx, UnitOfWork
from entrepot.rulebook import Market, Mode
from entrepot.rulebook import of as rules_of

PASSWORD = "correct horse battery staple"
OPEN_CATEGORY = CategoryId("aa-1")
NAMES = {"aa": "Apparel & Accessories", "aa-1": "Clothing"}
NUMBERS = count(1)


@dataclass(frozen=True)
class Shop:
    """A merchant's shop with live products that are in stock."""

    merchant_id: OrganisationId
    supplier_id: OrganisationId  # Of managed modes; elsewhere the merchant.
    shop: merchants.Shop
    products: list[catalog.Product]
    location: inventory.Location

    @property
    def skus(self) -> list[catalog.SkuId]:
        """All SKUs, in the order of their products."""
        return [sku.id for product in self.products for sku in product.skus]


@dataclass(frozen=True)
class SignIn:
    """Somebody who can sign in with `PASSWORD`."""

    person_id: PersonId
    organisation_id: OrganisationId
    email: str


def shop(
    work: UnitOfWork,
    mode: str = "self-operated",
    market: str = "us",
    *,
    products: int = 1,
    stock: int = 100,
    price_minor: int = 10_000,
    shipping_minor: int = 0,
    **more: Any,
) -> Shop:
    """A shop past probation; of each SKU `stock` units lie in one warehouse of the platform."""

    def fill(tx: Tx) -> Shop:
        opened = opened_shop(tx, mode, market, **more)
        made = listed(tx, opened, products, price_minor, shipping_minor)
        return stocked(tx, opened, made, stock)

    return work.run(lambda _: platform("test"), "test.fill", fill)


def organisation(tx: Tx, kind: Kind, name: str = "") -> OrganisationId:
    """A new organisation, from China unless it is an operator."""
    wish = identity.NewOrganisation(
        kind=kind,
        name=name or f"{kind.value} {next(NUMBERS)}",
        country="US" if kind is Kind.OPERATOR else "CN",
    )
    return only(identity.found(tx, [wish])).id


def opened_shop(
    tx: Tx, mode: str, market: str, seller_type: str = "cross_border", stage: str | None = None
) -> merchants.Shop:
    """A shop of a new merchant."""
    wish = merchants.NewShop(
        merchant_id=organisation(tx, Kind.MERCHANT),
        name=f"Shop {next(NUMBERS)}",
        market=market,
        mode=mode,
        seller_type=merchants.SellerType(seller_type),
        stage=stage,
    )
    return only(merchants.open_shops(tx, [wish]))


def listed(
    tx: Tx, of: merchants.Shop, n: int, price_minor: int, shipping_minor: int
) -> list[catalog.Product]:
    """Products of one SKU each, on sale."""
    load_categories(tx)
    wishes = [
        NewProduct(
            merchant_id=of.merchant_id,
            category_id=OPEN_CATEGORY,
            title=f"Product {number + 1}",
            skus=(NewSku(code="S", options={"size": "M"}),),
        )
        for number in range(n)
    ]
    made = each(catalog.create(tx, wishes))
    drafts = [
        NewListing(
            product_id=product.id,
            shop_id=of.id,
            prices=tuple(
                NewPrice(sku_id=sku.id, price_minor=price_minor, shipping_minor=shipping_minor)
                for sku in product.skus
            ),
        )
        for product in made
    ]
    listings = each(catalog.list_products(tx, drafts))
    each(catalog.activate(tx, [listing.id for listing in listings]))
    return made


def load_categories(tx: Tx) -> None:
    """The part of the tree that tests use."""
    rows = [
        catalog.Category(
            id=CategoryId(id), name_en=name, name_zh_cn=name, is_leaf=id == OPEN_CATEGORY
        )
        for id, name in NAMES.items()
    ]
    catalog.load_categories(tx, rows)


def stocked(tx: Tx, of: merchants.Shop, made: list[catalog.Product], stock: int) -> Shop:
    """Stock as the mode's flags say whose it is, with an agreement where the platform supplies."""
    market = rules_of(tx).on(Market, of.market, tx.now.date()).row({})
    flags = rules_of(tx).on(Mode, of.market, market.day_of(tx.now)).row({"mode": of.mode})
    skus = [sku.id for product in made for sku in product.skus]
    code = f"W{next(NUMBERS)}"
    place = only(inventory.locate(tx, [inventory.NewLocation(code=code, name=code, country="CN")]))
    supplied = flags.settlement_basis != "retail_sale"
    supplier = organisation(tx, Kind.MERCHANT) if supplied else of.merchant_id
    agreements = _agreed(tx, of, (supplier, flags, market.currency), skus) if supplied else {}
    bought = flags.settlement_basis == "supply_price_on_receipt"
    arrivals = [
        receiving.Arrival(
            receipt=inventory.NewReceipt(
                sku_id=sku,
                location_id=place.id,
                owner_id=OrganisationId(0) if bought else supplier,
                accepted=stock,
                unit_cost_minor=UNIT_COST if bought else None,
                currency=market.currency if bought else None,
                supplier_id=supplier if bought else None,
                agreement_id=int(agreements[sku]) if sku in agreements else None,
            ),
            market=of.market,
            terms_days=30 if bought else None,
        )
        for sku in skus
        if stock
    ]
    each(receiving.receive(tx, arrivals))
    return Shop(of.merchant_id, supplier, of, made, place)


UNIT_COST = 4_000


def _agreed(
    tx: Tx,
    of: merchants.Shop,
    terms: tuple[OrganisationId, Mode, Currency],
    skus: Iterable[catalog.SkuId],
) -> dict[catalog.SkuId, sourcing.AgreementId]:
    supplier, flags, currency = terms
    wishes = [
        sourcing.NewAgreement(
            supplier_id=supplier,
            sku_id=sku,
            market=of.market,
            basis=sourcing.Basis(flags.settlement_basis),
            currency=currency,
            unit_minor=UNIT_COST,
            from_on=(tx.now - timedelta(days=30)).date(),
            terms_days=30,
        )
        for sku in skus
    ]
    made = each(sourcing.agree(tx, wishes))
    return {agreement.sku_id: agreement.id for agreement in made}


def person(work: UnitOfWork, role: str, within: OrganisationId | None = None) -> SignIn:
    """Somebody with a role in an organisation; without one, in a new one that fits the role."""

    def enrol(tx: Tx) -> SignIn:
        place = within if within is not None else organisation(tx, KINDS.get(role, Kind.OPERATOR))
        email = f"{role}-{next(NUMBERS)}@example.org"
        wish = identity.NewPerson(name=role, email=email, password=PASSWORD)
        enrolled = only(identity.enrol(tx, [wish]))
        membership = identity.Membership(person_id=enrolled.id, organisation_id=place, role=role)
        only(identity.join(tx, [membership]))
        return SignIn(enrolled.id, place, email)

    return work.run(lambda _: platform("test"), "test.enrol", enrol)


KINDS = {
    "creator": Kind.CREATOR,
    "merchant-finance": Kind.MERCHANT,
    "merchant-owner": Kind.MERCHANT,
    "merchant-staff": Kind.MERCHANT,
    "provider-staff": Kind.PROVIDER,
}


def shopper(work: UnitOfWork) -> SignIn:
    """Somebody who only buys."""

    def enrol(tx: Tx) -> SignIn:
        email = f"shopper-{next(NUMBERS)}@example.org"
        wish = identity.NewPerson(name="A shopper", email=email, password=PASSWORD)
        return SignIn(only(identity.enrol(tx, [wish])).id, OrganisationId(0), email)

    return work.run(lambda _: platform("test"), "test.enrol", enrol)


def plan(work: UnitOfWork, of: Shop, rate_bp: int = 500) -> affiliates.Plan:
    """A plan for all products of a shop, open to every creator."""
    wish = affiliates.NewPlan(shop_id=of.shop.id, rate_bp=rate_bp)
    return work.run(
        lambda _: platform("test"), "test.plan", lambda tx: only(affiliates.make(tx, [wish]))
    )
