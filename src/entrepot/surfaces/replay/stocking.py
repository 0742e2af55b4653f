"""What is sold: products, listings, supply agreements and stock, month by month."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from entrepot.adapters.datasets.history import Product, Purchase, PurchaseLine, Seller
from entrepot.adapters.taxonomy import categories
from entrepot.contexts import catalog, inventory, merchants, sourcing
from entrepot.contexts.catalog import (
    CategoryId,
    NewListing,
    NewPrice,
    NewProduct,
    NewSku,
    ProductId,
    SkuId,
)
from entrepot.contexts.inventory import LocationId, NewReceipt
from entrepot.contexts.merchants import CategoryWish, ShopId
from entrepot.flows import receiving
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.money import Currency, share
from entrepot.kernel.problems import each
from entrepot.kernel.replayed import Names
from entrepot.kernel.tx import Tx
from entrepot.rulebook import Admission, Mode
from entrepot.rulebook import of as rules_of

from .diary import Diary
from .preparing import LOCATION, ORGANISATION, SHOP, Cast, market_of
from .staging import SUPPLY_PERCENT
from .windows import Month

PRODUCT, SKU, AGREEMENT = "product", "sku", "agreement"
ON_RECEIPT, ON_SALE_ONLY = "supply_price_on_receipt", "retail_sale"
TERMS_DAYS = 30
SHELF = 500  # Receipts in one unit of work.


def stock(diary: Diary, cast: Cast, month: Month, at: datetime) -> None:
    """List what a month sells for the first time, and take in what it sells."""
    name = f"{at:%Y-%m}"
    diary.step("categories", at, _categories)
    wanted = {product.key: product for product in cast.history.products}
    products = [wanted[key] for key in sorted(month.products)]
    prices = _prices(cast, products)
    diary.step(f"{name}:qualify", at, lambda tx: _qualify(tx, diary, cast, products))
    diary.step(f"{name}:products", at, lambda tx: _products(tx, diary, products, prices))
    diary.step(f"{name}:listings", at, lambda tx: _listings(tx, diary, products, prices))
    diary.step(f"{name}:agree", at, lambda tx: _agreements(tx, diary, cast, prices))
    diary.step(f"{name}:receive", at, lambda tx: _receipts(tx, diary, cast, month.sales))


def _categories(tx: Tx) -> Names:
    catalog.load_categories(tx, categories())
    return {}


Prices = dict[
    str, dict[str, PurchaseLine]
]  # Of each SKU of a product: the line it is sold by first.


def _prices(cast: Cast, products: Sequence[Product]) -> Prices:
    keys = {product.key for product in products}
    found: Prices = {product.key: {} for product in products}
    for sale in cast.history.purchases:
        for line in sale.lines:
            product = line.sku_key.split("#")[0]
            if product in keys:
                found[product].setdefault(line.sku_key, line)
    return found


def _qualify(tx: Tx, diary: Diary, cast: Cast, products: Sequence[Product]) -> Names:
    """Let shops into the categories that are not open to all, as they sell in them."""
    wanted = {
        (product.seller_key, root): cast.by_key[product.seller_key]
        for product in products
        for root in [product.category_key]
    }
    wishes = [
        CategoryWish(shop_id=ShopId(diary.ids(SHOP)[key]), category=category, proofs=("history",))
        for (key, category), seller in sorted(wanted.items(), key=lambda one: one[0])
        if not _is_open(tx, seller, category)
    ]
    known = merchants.granted_categories(tx, sorted({wish.shop_id for wish in wishes}))
    asked = [wish for wish in wishes if wish.category not in known[wish.shop_id]]
    each(merchants.apply_for_categories(tx, asked))
    each(merchants.grant_categories(tx, asked))
    return {}


def _is_open(tx: Tx, seller: Seller, category: str) -> bool:
    day = market_of(tx, seller.market).day_of(tx.now)
    case = {
        "kind": "category",
        "category": CategoryId(category).path,
        "mode": seller.mode.value,
        "seller_type": seller.seller_type.value,
    }
    return rules_of(tx).on(Admission, seller.market, day).row(case).access == "open"


def _products(tx: Tx, diary: Diary, products: Sequence[Product], prices: Prices) -> Names:
    merchant_of = {
        key: shop.merchant_id
        for shops in [merchants.shops(tx, [ShopId(id) for id in diary.ids(SHOP).values()])]
        for key, id in diary.ids(SHOP).items()
        for shop in [shops[ShopId(id)]]
    }
    wishes = [
        NewProduct(
            merchant_id=merchant_of[product.seller_key],
            category_id=CategoryId(product.category_key),
            title=product.title_en,
            description=product.title_zh or "",
            skus=tuple(NewSku(code=key) for key in prices[product.key]),
        )
        for product in products
    ]
    made = each(catalog.create(tx, wishes))
    return {
        PRODUCT: {product.key: one.id for product, one in zip(products, made, strict=True)},
        SKU: {sku.code: sku.id for one in made for sku in one.skus},
    }


def _listings(tx: Tx, diary: Diary, products: Sequence[Product], prices: Prices) -> Names:
    wishes = [
        NewListing(
            product_id=ProductId(diary.ids(PRODUCT)[product.key]),
            shop_id=ShopId(diary.ids(SHOP)[product.seller_key]),
            prices=tuple(
                NewPrice(
                    sku_id=SkuId(diary.ids(SKU)[key]),
                    price_minor=line.unit_price_minor,
                    shipping_minor=line.unit_shipping_minor,
                )
                for key, line in prices[product.key].items()
            ),
        )
        for product in products
    ]
    made = each(catalog.list_products(tx, wishes))
    each(catalog.activate(tx, [listing.id for listing in made]))
    return {}


def _agreements(tx: Tx, diary: Diary, cast: Cast, prices: Prices) -> Names:
    """The merchants of managed shops supply: at a share of the first retail price."""
    wanted = [
        (key, line, seller, flags)
        for lines in prices.values()
        for key, line in lines.items()
        for seller in [cast.by_key[line.seller_key]]
        for flags in [_flags(tx, seller)]
        if flags.settlement_basis != ON_SALE_ONLY
    ]
    made = each(
        sourcing.agree(
            tx,
            [
                sourcing.NewAgreement(
                    supplier_id=_merchant(diary, seller),
                    sku_id=SkuId(diary.ids(SKU)[key]),
                    market=seller.market,
                    basis=sourcing.Basis(flags.settlement_basis),
                    currency=_currency(tx, seller),
                    unit_minor=supply_minor(line),
                    from_on=market_of(tx, seller.market).day_of(tx.now),
                    terms_days=TERMS_DAYS if flags.settlement_basis == ON_RECEIPT else None,
                )
                for key, line, seller, flags in wanted
            ],
        )
    )
    return {AGREEMENT: {key: one.id for (key, *_), one in zip(wanted, made, strict=True)}}


def supply_minor(line: PurchaseLine) -> int:
    """What a supplier gets for a unit, at least the smallest coin."""
    return max(1, share(line.unit_price_minor, SUPPLY_PERCENT, 100))


def _receipts(tx: Tx, diary: Diary, cast: Cast, sales: Sequence[Purchase]) -> Names:
    """Take in what the month sells, of each SKU in one receipt."""
    units: Counter[str] = Counter()
    for sale in sales:
        for line in sale.lines:
            units[line.sku_key] += line.quantity
    sellers = {line.sku_key: line.seller_key for sale in sales for line in sale.lines}
    _take_in(tx, diary, {key: cast.by_key[seller] for key, seller in sellers.items()}, units)
    return {}


def fill_shelves(diary: Diary, cast: Cast, at: datetime) -> None:
    """Take in goods of every SKU once more, so that what is shown at the end can be bought."""
    if not cast.staging.shelf_units:
        return
    sellers = {
        line.sku_key: line.seller_key for sale in cast.history.purchases for line in sale.lines
    }
    keys = sorted(key for key in sellers if key in diary.ids(SKU))
    for start in range(0, len(keys), SHELF):
        some = keys[start : start + SHELF]
        diary.step(
            f"shelves:{start}",
            at,
            lambda tx, some=some: _shelve(  # type: ignore[misc]
                tx, diary, {key: cast.by_key[sellers[key]] for key in some}, cast
            ),
        )


def _shelve(tx: Tx, diary: Diary, sellers: Mapping[str, Seller], cast: Cast) -> Names:
    _take_in(tx, diary, sellers, dict.fromkeys(sellers, cast.staging.shelf_units))
    return {}


def _take_in(
    tx: Tx, diary: Diary, seller_of: Mapping[str, Seller], units: Mapping[str, int]
) -> None:
    """One receipt of each SKU, owned as its shop's mode says, at what was agreed."""
    arrivals = [_arrival(tx, diary, (key, units[key]), seller_of[key]) for key in sorted(units)]
    each(receiving.receive_as_agreed(tx, arrivals))


def _arrival(tx: Tx, diary: Diary, goods: tuple[str, int], seller: Seller) -> receiving.Arrival:
    key, units = goods
    bought = _flags(tx, seller).stock_owner == "platform"
    return receiving.Arrival(
        receipt=NewReceipt(
            sku_id=SkuId(diary.ids(SKU)[key]),
            location_id=LocationId(diary.ids(LOCATION)[seller.key]),
            owner_id=inventory.PLATFORM if bought else _merchant(diary, seller),
            accepted=units,
            note="replay",
        ),
        market=seller.market,
    )


def _flags(tx: Tx, seller: Seller) -> Mode:
    day = market_of(tx, seller.market).day_of(tx.now)
    return rules_of(tx).on(Mode, seller.market, day).row({"mode": seller.mode.value})


def _currency(tx: Tx, seller: Seller) -> Currency:
    return market_of(tx, seller.market).currency


def _merchant(diary: Diary, seller: Seller) -> OrganisationId:
    return OrganisationId(diary.ids(ORGANISATION)[seller.merchant_key])
