"""A marketplace for the benchmarks, made through the doors, set by set."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from entrepot.contexts import catalog, identity, inventory, merchants, sourcing
from entrepot.contexts.catalog import CategoryId, SkuId
from entrepot.flows import receiving
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.money import Currency
from entrepot.kernel.problems import each
from entrepot.kernel.tx import Tx
from entrepot.rulebook import Mode
from entrepot.rulebook import of as rules_of

from .stage import Stage, say

MODES = (
    "self-operated",
    "semi-managed",
    "full-managed-consignment",
    "full-managed-direct-purchase",
)
CATEGORY = CategoryId("aa-1")
SHOPS_AT_A_TIME = 100


@dataclass(frozen=True)
class Filled:
    """One shop and the SKUs that it sells."""

    shop: merchants.Shop
    skus: list[SkuId]


def fill(stage: Stage, shops: int, skus_each: int, stock: int, market: str = "us") -> list[Filled]:
    """Shops past probation in all modes in turn, with live products and stock of `stock` units."""
    made: list[Filled] = []
    stage.do(_categories)
    for first in range(0, shops, SHOPS_AT_A_TIME):
        numbers = range(first, min(first + SHOPS_AT_A_TIME, shops))
        made += stage.do(partial(_filled, market=market, numbers=numbers, size=(skus_each, stock)))
    stage.ask("analyze")
    say(f"{shops} shops with {shops * skus_each} SKUs, {stock} of each in stock")
    return made


def _categories(tx: Tx) -> None:
    names = {"aa": "Apparel & Accessories", "aa-1": "Clothing"}
    rows = [
        catalog.Category(id=CategoryId(id), name_en=name, name_zh_cn=name, is_leaf=id == CATEGORY)
        for id, name in names.items()
    ]
    catalog.load_categories(tx, rows)


def _filled(tx: Tx, market: str, numbers: range, size: tuple[int, int]) -> list[Filled]:
    skus_each, stock = size
    merchants_ = _organisations(tx, [f"Merchant {n}" for n in numbers])
    suppliers = _organisations(tx, [f"Supplier {n}" for n in numbers])
    shops = each(
        merchants.open_shops(
            tx,
            [
                merchants.NewShop(
                    merchant_id=owner,
                    name=f"Shop {n}",
                    market=market,
                    mode=MODES[n % len(MODES)],
                    seller_type=merchants.SellerType("cross_border"),
                )
                for n, owner in zip(numbers, merchants_, strict=True)
            ],
        )
    )
    made = _listed(tx, shops, skus_each)
    _stock(tx, made, suppliers, stock)
    return made


def _organisations(tx: Tx, names: Sequence[str]) -> list[OrganisationId]:
    wishes = [
        identity.NewOrganisation(kind=identity.Kind.MERCHANT, name=name, country="CN")
        for name in names
    ]
    return [organisation.id for organisation in each(identity.found(tx, wishes))]


def _listed(tx: Tx, shops: Sequence[merchants.Shop], skus_each: int) -> list[Filled]:
    owners = [shop for shop in shops for _ in range(skus_each)]
    products = each(
        catalog.create(
            tx,
            [
                catalog.NewProduct(
                    merchant_id=shop.merchant_id,
                    category_id=CATEGORY,
                    title=f"Product {n + 1}",
                    skus=(catalog.NewSku(code=f"S{n}", options={"size": "M"}),),
                )
                for n, shop in enumerate(owners)
            ],
        )
    )
    drafts = [
        catalog.NewListing(
            product_id=product.id,
            shop_id=shop.id,
            prices=(
                catalog.NewPrice(
                    sku_id=product.skus[0].id, price_minor=1_999 + n % 97, shipping_minor=299
                ),
            ),
        )
        for n, (shop, product) in enumerate(zip(owners, products, strict=True))
    ]
    listings = each(catalog.list_products(tx, drafts))
    each(catalog.activate(tx, [listing.id for listing in listings]))
    skus = iter([product.skus[0].id for product in products])
    return [Filled(shop, [next(skus) for _ in range(skus_each)]) for shop in shops]


def _stock(tx: Tx, made: Sequence[Filled], suppliers: Sequence[OrganisationId], stock: int) -> None:
    code = f"W{int(made[0].shop.id)}"
    place = inventory.NewLocation(code=code, name=code, country="CN")
    [location] = each(inventory.locate(tx, [place]))
    arrivals: list[receiving.Arrival] = []
    for filled, supplier in zip(made, suppliers, strict=True):
        shop = filled.shop
        flags = rules_of(tx).on(Mode, shop.market, tx.now.date()).row({"mode": shop.mode})
        supplied = flags.settlement_basis != "retail_sale"
        bought = flags.stock_owner == "platform"
        agreements = _agreed(tx, filled, supplier, flags) if supplied else {}
        arrivals += [
            receiving.Arrival(
                receipt=inventory.NewReceipt(
                    sku_id=sku,
                    location_id=location.id,
                    owner_id=OrganisationId(0)
                    if bought
                    else (supplier if supplied else shop.merchant_id),
                    accepted=stock,
                    unit_cost_minor=UNIT_COST if bought else None,
                    currency=Currency.USD if bought else None,
                    supplier_id=supplier if bought else None,
                    agreement_id=agreements.get(sku) if bought else None,
                ),
                market=shop.market,
                terms_days=30 if bought else None,
            )
            for sku in filled.skus
        ]
    each(receiving.receive(tx, arrivals))


UNIT_COST = 800


def _agreed(tx: Tx, filled: Filled, supplier: OrganisationId, flags: Mode) -> dict[SkuId, int]:
    wishes = [
        sourcing.NewAgreement(
            supplier_id=supplier,
            sku_id=sku,
            market=filled.shop.market,
            basis=sourcing.Basis(flags.settlement_basis),
            currency=Currency.USD,
            unit_minor=UNIT_COST,
            from_on=(tx.now - timedelta(days=30)).date(),
            terms_days=30,
        )
        for sku in filled.skus
    ]
    return {one.sku_id: int(one.id) for one in each(sourcing.agree(tx, wishes))}
