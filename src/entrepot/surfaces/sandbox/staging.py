"""Who is in the sandbox before anything happens: people, shops, goods on the shelf, an app."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from entrepot.adapters.taxonomy import categories
from entrepot.contexts import catalog, identity, integrations, inventory, merchants, settlement
from entrepot.contexts.catalog import (
    CategoryId,
    NewListing,
    NewPrice,
    NewProduct,
    NewSku,
    Product,
    SkuId,
)
from entrepot.contexts.identity import Kind, Membership, NewOrganisation, NewPerson
from entrepot.contexts.integrations import AppId, AppKind, Grant, NewApp, Tokens
from entrepot.contexts.inventory import Location, NewLocation, NewReceipt
from entrepot.contexts.merchants import NewShop, SellerType, Shop
from entrepot.contexts.settlement import PayoutAccount, PayoutAccountId
from entrepot.flows import receiving
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.problems import each, only
from entrepot.kernel.tx import Tx
from entrepot.rulebook import Market
from entrepot.rulebook import of as rules_of
from entrepot.surfaces.partner_api.scopes import Scope

from .shelf import SHELF, Item

PASSWORD = "entrepot-sandbox"  # noqa: S105 - of a sandbox on the own machine, shown when it starts.
OWNER, OPERATOR = "owner@example.org", "operator@example.org"
CALLBACK = "http://localhost/callback"
MODE = "self-operated"
UNITS = 500  # Of each SKU, to begin with.
SELLER_SCOPES = tuple(sorted(scope for scope in Scope if scope.startswith("seller.")))


@dataclass(frozen=True, slots=True)
class Stage:
    """What the sandbox begins with."""

    app_id: AppId
    merchant_id: OrganisationId
    shop: Shop  # The one whose cipher is printed.


def stage(tx: Tx) -> Stage:
    """Set everything up. Nothing is put anywhere: it is all done through the doors."""
    catalog.load_categories(tx, categories())
    operator, ours, theirs = _organisations(tx)
    _enrol(tx, {OPERATOR: (operator, "operator-admin"), OWNER: (ours, "merchant-owner")})
    shops = each(
        merchants.open_shops(
            tx,
            [
                _shop(ours, "Specimen Home (US)", "us"),
                _shop(ours, "Specimen Home (UK)", "gb"),
                _shop(theirs, "Another merchant's shop", "us"),
            ],
        )
    )
    each(settlement.set_accounts(tx, [_account(tx, shop) for shop in shops[1:]]))
    goods = {shop: [*_skus(_listed(tx, shop, SHELF))] for shop in shops}
    _stock(tx, goods)
    app = only(integrations.register(tx, [_app()]))
    return Stage(app.id, ours, shops[0])


def let_in(tx: Tx, app_id: AppId, merchant_id: OrganisationId) -> Tokens:
    """Let the app in with all that a seller can grant; tokens of before are dead."""
    grant = Grant(
        app_id=app_id,
        organisation_id=merchant_id,
        kind=AppKind.SELLER,
        scopes=SELLER_SCOPES,
    )
    return integrations.authorise(tx, grant)


def _organisations(tx: Tx) -> list[OrganisationId]:
    wishes = [
        NewOrganisation(kind=Kind.OPERATOR, name="Sandbox operator", country="GB"),
        NewOrganisation(kind=Kind.MERCHANT, name="Specimen Home Ltd", country="CN"),
        NewOrganisation(kind=Kind.MERCHANT, name="Another merchant", country="CN"),
    ]
    return [one.id for one in each(identity.found(tx, wishes))]


def _enrol(tx: Tx, wanted: dict[str, tuple[OrganisationId, str]]) -> None:
    wishes = [
        NewPerson(name=email.partition("@")[0].title(), email=email, password=PASSWORD)
        for email in wanted
    ]
    places = zip(each(identity.enrol(tx, wishes)), wanted.values(), strict=True)
    members = [
        Membership(person_id=person.id, organisation_id=within, role=role)
        for person, (within, role) in places
    ]
    each(identity.join(tx, members))


def _shop(merchant: OrganisationId, name: str, market: str) -> NewShop:
    return NewShop(
        merchant_id=merchant,
        name=name,
        market=market,
        mode=MODE,
        seller_type=SellerType.CROSS_BORDER,
    )


def _app() -> NewApp:
    return NewApp(
        name="Your tool",
        redirect_url=CALLBACK,
        kinds=(AppKind.SELLER,),
        scopes=SELLER_SCOPES,
    )


def _account(tx: Tx, shop: Shop) -> PayoutAccount:
    """Where a merchant's payouts go: to the sandbox's bank, in the market's money."""
    market = rules_of(tx).on(Market, "us", tx.now.date()).row({})
    return PayoutAccount(
        id=PayoutAccountId(0),  # The store numbers it.
        payee_id=shop.merchant_id,
        currency=market.currency,
        method="sandbox",
        holder=shop.name,
        number=f"sandbox-{shop.merchant_id}",
        bank_code="",
        state="active",
        changed_at=tx.now,
        changed_by=tx.actor.name,
    )


def _listed(tx: Tx, shop: Shop, items: Sequence[Item]) -> list[Product]:
    """Products that have passed their audit."""
    made = each(catalog.create(tx, [_product(shop, item) for item in items]))
    drafts = [
        NewListing(
            product_id=product.id,
            shop_id=shop.id,
            prices=tuple(
                NewPrice(sku_id=sku.id, price_minor=item.price_minor, shipping_minor=0)
                for sku in product.skus
            ),
        )
        for product, item in zip(made, items, strict=True)
    ]
    each(catalog.activate(tx, [one.id for one in each(catalog.list_products(tx, drafts))]))
    return made


def _product(shop: Shop, item: Item) -> NewProduct:
    return NewProduct(
        merchant_id=shop.merchant_id,
        category_id=CategoryId(item.category),
        title=item.title,
        description=f"{item.title}, from the sandbox's shelf.",
        skus=tuple(
            NewSku(
                code=f"{shop.market}-{item.category}-{n}".upper(),
                options={item.option: variant} if item.option else {},
            )
            for n, variant in enumerate(item.variants, start=1)
        ),
    )


def _skus(products: Sequence[Product]) -> Iterator[SkuId]:
    return (sku.id for product in products for sku in product.skus)


def _stock(tx: Tx, goods: Mapping[Shop, Sequence[SkuId]]) -> None:
    """Goods in warehouses of the merchants; they arrive together, for stock is locked once."""
    places = each(inventory.locate(tx, [_warehouse(shop) for shop in goods]))
    arrivals = [
        _arrival(shop, place, sku)
        for (shop, skus), place in zip(goods.items(), places, strict=True)
        for sku in skus
    ]
    each(receiving.receive(tx, arrivals))


def _warehouse(shop: Shop) -> NewLocation:
    return NewLocation(
        code=f"WH-{shop.id}",
        name=f"Warehouse of {shop.name}",
        country="US" if shop.market == "us" else "GB",
        keeper_id=shop.merchant_id,
        markets=(shop.market,),
    )


def _arrival(shop: Shop, place: Location, sku_id: SkuId) -> receiving.Arrival:
    receipt = NewReceipt(
        sku_id=sku_id,
        location_id=place.id,
        owner_id=shop.merchant_id,
        accepted=UNITS,
        note="sandbox",
    )
    return receiving.Arrival(receipt=receipt, market=shop.market)
