"""Products through the SDK: what is refused, by which code, and that nothing changed."""

from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import text
from tiktok_shop_api.errors import TikTokShopError
from tiktok_shop_api.generated import models
from tiktok_shop_api.generated.types import File

from entrepot.contexts import inventory
from entrepot.kernel.access import platform
from entrepot.kernel.problems import only
from entrepot.surfaces.partner_api.scopes import Scope
from tests import filling
from tests.contexts.files.pictures import picture
from tests.surfaces.partner_api.conftest import Partner

INVALID, NOT_FOUND, DENIED = 36009004, 90000404, 105005
NO_PRODUCT, NO_WAREHOUSE = 12052032, 12019022
CATEGORY = "1010101"  # Clothing: aa-1.
TABLES = (
    "catalog.brands",
    "catalog.list_prices",
    "catalog.listings",
    "catalog.moves",
    "catalog.prices",
    "catalog.products",
    "catalog.shadows",
    "catalog.skus",
    "files.files",
    "inventory.movements",
    "inventory.positions",
)


def everything(partner: Partner) -> dict[str, list[str]]:
    """All rows that operations on products write."""
    with partner.parts.engine.connect() as sql:
        return {
            table: sorted(sql.scalars(text(f"select t::text from {table} t"))) for table in TABLES
        }


def code_of(do: Callable[[], Any]) -> int:
    """The code with which something is refused."""
    with pytest.raises(TikTokShopError) as refused:
        do()
    return int(refused.value.code or 0)


@pytest.fixture
def warehouse(partner: Partner) -> str:
    """A place of the seller's own."""
    return a_place(partner, "OWN")


def upload(sdk: Any) -> str:
    sent = File(BytesIO(picture()), "front.jpg", "image/jpeg")
    body = models.UploadProductImageRequest(data=sent)
    return str(sdk.products.upload_product_image(body=body).data.uri)


def a_coat(uri: str, **more: Any) -> dict[str, Any]:
    """What a new product says; fields of the SKU come as `sku`."""
    price = {"amount": "20.00", "currency": "USD"}
    sku: dict[str, Any] = {"seller_sku": "C-1", "price": price, "inventory": []}
    return {
        "title": "A coat",
        "description": "<p>Warm</p>",
        "category_id": CATEGORY,
        "main_images": [{"uri": uri}],
        "skus": [{**sku, **more.pop("sku", {})}],
        **more,
    }


def create(sdk: Any, said: dict[str, Any]) -> Any:
    return sdk.products.create_product(body=models.CreateProductRequest.from_dict(said)).data


MALFORMED: list[tuple[dict[str, Any], int]] = [
    ({"category_id": "99"}, INVALID),
    ({"category_id": "1202020"}, NOT_FOUND),
    ({"main_images": []}, INVALID),
    ({"main_images": [{"uri": "front.jpg"}]}, INVALID),
    ({"main_images": [{"uri": "1"}]}, NOT_FOUND),
    ({"manufacturer_ids": ["1"]}, INVALID),
    ({"responsible_person_ids": ["x"]}, INVALID),
    ({"title": " "}, INVALID),
    ({"skus": []}, INVALID),
    ({"brand_id": "1"}, NOT_FOUND),
    ({"brand_id": "none"}, INVALID),
    ({"minimum_order_quantity": 21}, INVALID),
    ({"package_weight": {"value": "-1", "unit": "GRAM"}}, INVALID),
    ({"package_dimensions": {"length": "a", "width": "1", "height": "1", "unit": "INCH"}}, INVALID),
    (
        {"certifications": [{"id": "CPC", "files": [{"id": "1", "name": "", "format": "PDF"}]}]},
        NOT_FOUND,
    ),
    ({"sku": {"price": {"amount": "20.00", "currency": "EUR"}}}, INVALID),
    ({"sku": {"price": {"amount": "twenty", "currency": "USD"}}}, INVALID),
    ({"sku": {"price": {"amount": "20.001", "currency": "USD"}}}, INVALID),
    ({"sku": {"price": {"amount": "0", "currency": "USD"}}}, INVALID),
    ({"sku": {"price": {"amount": "-1.00", "currency": "USD"}}}, INVALID),
    ({"sku": {"identifier_code": {"code": "4006381333932", "type": "EAN"}}}, INVALID),
    ({"sku": {"inventory": [{"warehouse_id": "1", "quantity": 1}]}}, NO_WAREHOUSE),
    ({"sku": {"inventory": [{"warehouse_id": "OWN", "quantity": -1}]}}, INVALID),
    ({"sku": {"sales_attributes": [{"value_name": "Red"}]}}, INVALID),
    ({"sku": {"seller_sku": "x" * 51}}, INVALID),
]


def test_malformed_products_are_refused_whole(partner: Partner, sdk: Any, warehouse: str) -> None:
    uri = upload(sdk)
    before = everything(partner)

    for wrong, code in MALFORMED:
        said = a_coat(uri, **wrong)
        for sku in said["skus"]:
            for place in sku.get("inventory", []):
                place["warehouse_id"] = place["warehouse_id"].replace("OWN", warehouse)
        assert code_of(partial(create, sdk, said)) == code, wrong

    assert everything(partner) == before


def test_the_same_product_twice_under_one_key_is_one(partner: Partner, sdk: Any) -> None:
    said = a_coat(upload(sdk), idempotency_key="k-1")

    first, again = create(sdk, said), create(sdk, said)

    assert first.product_id == again.product_id
    assert code_of(lambda: create(sdk, {**said, "title": "Another coat"})) not in {0, NOT_FOUND}
    assert len(everything(partner)["catalog.products"]) == len(partner.of.products) + 1


def writes(sdk: Any, id: str, sku: str, uri: str, place: str) -> dict[str, Callable[[], Any]]:
    """Each operation that changes one product, as it would be right for its owner."""
    api, body = sdk.products, a_coat(uri, sku={"id": sku})
    price = {"skus": [{"id": sku, "price": {"amount": "1.00", "currency": "USD"}}]}
    stock = {"skus": [{"id": sku, "inventory": [{"warehouse_id": place, "quantity": 1}]}]}
    return {
        "edit": lambda: api.edit_product(
            product_id=id, body=models.EditProductRequest.from_dict(body)
        ),
        "partial edit": lambda: api.partial_edit_product(
            product_id=id, body=models.PartialEditProductRequest.from_dict({"title": "Other"})
        ),
        "price": lambda: api.update_price(
            product_id=id, body=models.UpdatePriceRequest.from_dict(price)
        ),
        "stock": lambda: api.update_inventory(
            product_id=id, body=models.UpdateInventoryRequest.from_dict(stock)
        ),
    }


MOVES: dict[str, tuple[str, Any]] = {
    "activate": ("activate_products", models.ActivateProductsRequest),
    "deactivate": ("deactivate_products", models.DeactivateProductsRequest),
    "delete": ("delete_products", models.DeleteProductsRequest),
    "recover": ("recover_products", models.RecoverProductsRequest),
}


def moved(sdk: Any, name: str, *ids: str) -> list[tuple[int, str]]:
    """The errors that a move tells of products."""
    operation, request = MOVES[name]
    body = request.from_dict({"product_ids": [*ids]})
    errors = getattr(sdk.products, operation)(body=body).data.errors
    return [(one.code, one.detail.product_id) for one in errors]


def named(of: filling.Shop) -> tuple[str, str]:
    return str(int(of.products[0].id)), str(int(of.skus[0]))


def test_the_product_of_another_shop_is_not_there(
    partner: Partner, sdk: Any, warehouse: str
) -> None:
    uri = upload(sdk)
    theirs, sku = named(partner.other_seller().of)
    mine, _ = named(partner.of)
    before = everything(partner)

    for name, do in writes(sdk, theirs, sku, uri, warehouse).items():
        assert code_of(do) == NO_PRODUCT, name
    for name, do in writes(sdk, mine, sku, uri, warehouse).items():
        if name != "partial edit":
            assert code_of(do) == NOT_FOUND, name  # A foreign SKU under a product of one's own.
    assert code_of(lambda: sdk.products.get_product(product_id=theirs)) == NO_PRODUCT
    for name in MOVES:
        assert moved(sdk, name, theirs) == [(NO_PRODUCT, theirs)]
    wish = models.InventorySearchRequest.from_dict({"sku_ids": [sku]})
    assert sdk.products.inventory_search(body=wish).data.inventory == []
    asked = models.SearchProductsRequest.from_dict({"sku_ids": [sku]})
    assert sdk.products.search_products(body=asked, page_size=10).data.products == []

    assert everything(partner) == before


def test_pictures_and_brands_of_others_are_not_there(partner: Partner, sdk: Any) -> None:
    other = partner.other_seller()
    with other.client() as theirs:
        uri = upload(theirs)
        brand = models.CreateCustomBrandsRequest(name="Nordlicht")
        id = theirs.products.create_custom_brands(body=brand).data.id
    mine = upload(sdk)
    before = everything(partner)

    assert code_of(lambda: create(sdk, a_coat(uri))) == NOT_FOUND
    assert code_of(lambda: create(sdk, a_coat(mine, brand_id=id))) == NOT_FOUND
    assert sdk.products.get_brands(page_size=10).data.brands == []
    assert everything(partner) == before


SCOPES = [
    ((Scope.ORDER_READ,), {"read", "write", "delete"}),
    ((Scope.PRODUCT_READ,), {"write", "delete"}),
    ((Scope.PRODUCT_READ, Scope.PRODUCT_WRITE), {"delete"}),
]


@pytest.mark.parametrize(("scopes", "denied"), SCOPES)
def test_each_scope_lets_in_what_it_says(
    partner: Partner, sdk: Any, warehouse: str, scopes: tuple[Scope, ...], denied: set[str]
) -> None:
    uri = upload(sdk)
    id, sku = named(partner.of)
    before = everything(partner)
    with partner.with_scopes(*scopes).client() as less:
        kinds: dict[str, list[Callable[[], Any]]] = {
            "read": [lambda: less.products.get_product(product_id=id)],
            "delete": [lambda: moved(less, "delete", id)],
            "write": [
                *writes(less, id, sku, uri, warehouse).values(),
                lambda: create(less, a_coat(uri)),
                lambda: moved(less, "deactivate", id),
                lambda: upload(less),
            ],
        }
        for kind in sorted(denied):
            assert [code_of(do) for do in kinds[kind]] == [DENIED] * len(kinds[kind])

    assert everything(partner) == before


MODES = [
    ("full-managed-consignment", {"edit", "partial edit", "price", "stock", "move", "create"}),
    ("full-managed-direct-purchase", {"edit", "partial edit", "price", "stock", "move", "create"}),
    ("semi-managed", {"stock"}),
    ("self-operated", {"stock"}),
]


@pytest.mark.parametrize(("mode", "denied"), MODES)
def test_each_mode_says_who_decides(partner: Partner, mode: str, denied: set[str]) -> None:
    """Stock lies in a warehouse of the platform here, where only the platform counts it."""
    other = partner.other_seller(mode=mode)
    id, sku = named(other.of)
    place = str(int(other.of.location.id))
    with other.client() as sdk:
        uri = upload(sdk)
        before = everything(other)
        doing: dict[str, Callable[[], Any]] = {
            **writes(sdk, id, sku, uri, place),
            "create": partial(create, sdk, a_coat(uri)),
        }
        for name in sorted(denied & doing.keys()):
            assert code_of(doing[name]) in {DENIED, NO_WAREHOUSE}, name
        if "move" in denied:
            assert moved(sdk, "deactivate", id) == [(DENIED, id)]
        assert everything(other) == before
        for name in sorted(doing.keys() - denied):
            assert doing[name]() is not None
            assert everything(other) != before, name


def test_what_cannot_be_moved_is_told_beside_what_can(partner: Partner, sdk: Any) -> None:
    mine, _ = named(partner.of)

    assert moved(sdk, "recover", mine) == [(90000409, mine)]
    assert moved(sdk, "deactivate", mine, "1") == [(NO_PRODUCT, "1")]
    assert sdk.products.get_product(product_id=mine).data.status == "SELLER_DEACTIVATED"


def test_an_update_of_several_places_is_done_whole_or_not(
    partner: Partner, sdk: Any, warehouse: str
) -> None:
    """A place that has the goods and one that does not yet, in one request."""
    id, sku = named(partner.of)
    first = create(sdk, a_coat(upload(sdk), sku={"inventory": [place(warehouse, 4)]}))
    [mine] = first.skus
    second = a_place(partner, "SECOND")

    def update(*places: dict[str, Any]) -> None:
        said = {"skus": [{"id": mine.id, "inventory": [*places]}]}
        body = models.UpdateInventoryRequest.from_dict(said)
        sdk.products.update_inventory(product_id=first.product_id, body=body)

    update(place(warehouse, 6), place(second, 3))
    before = everything(partner)
    assert code_of(lambda: update(place(warehouse, 1), place("1", 3))) == NO_WAREHOUSE
    assert code_of(lambda: update(place(warehouse, 1), place(second, -3))) == INVALID
    assert everything(partner) == before
    wish = models.InventorySearchRequest.from_dict({"sku_ids": [mine.id]})
    [[shelf]] = [one.skus for one in sdk.products.inventory_search(body=wish).data.inventory]
    free = {one.warehouse_id: one.available_quantity for one in shelf.warehouse_inventory}
    assert (shelf.total_available_quantity, free) == (9, {warehouse: 6, second: 3})
    assert id != first.product_id and sku != mine.id


def place(id: str, quantity: int) -> dict[str, Any]:
    return {"warehouse_id": id, "quantity": quantity}


def a_place(partner: Partner, code: str) -> str:
    wish = inventory.NewLocation(
        code=code, name=code, country="US", keeper_id=partner.of.merchant_id
    )
    made = partner.work.run(
        lambda _: platform("test"), "test.place", lambda tx: only(inventory.locate(tx, [wish]))
    )
    return str(int(made.id))


def test_what_cancelled_orders_held_comes_back_and_nothing_else_is_promised(
    partner: Partner, sdk: Any
) -> None:
    _, mine = named(partner.of)
    _, theirs = named(partner.other_seller().of)

    def said(on: bool) -> Any:
        wish = {
            "seller_id": str(int(partner.of.merchant_id)),
            "sku_ids": [mine, theirs],
            "stock_operation_setting": {"enable_auto_restock": on},
        }
        body = models.UpdateStockOperationSettingsRequest.from_dict(wish)
        return sdk.products.update_stock_operation_settings(body=body).data.stock_operation

    assert code_of(partial(said, False)) == INVALID
    done = said(True)
    assert (done.success_sku_ids, done.failed_sku_ids) == ([mine], [theirs])


@pytest.mark.parametrize(
    ("market", "untaxed"), [("us", "100.00"), ("gb", "83.33"), ("de", "84.03")]
)
def test_prices_without_the_tax_that_they_include(
    partner: Partner, market: str, untaxed: str
) -> None:
    """Sales tax comes on top; VAT of 20 and of 19 % is within."""
    other = partner.other_seller(market=market)
    id, _ = named(other.of)
    with other.client() as sdk:
        [sku] = sdk.products.get_product(product_id=id).data.skus
    assert (sku.price.sale_price, sku.price.tax_exclusive_price) == ("100.00", untaxed)


def test_pages_of_products_go_through_all_once_and_carry_the_total(
    partner: Partner, sdk: Any
) -> None:
    def page(size: int, token: str = "") -> Any:
        body = models.SearchProductsRequest.from_dict({"status": "ALL"})
        return sdk.products.search_products(body=body, page_size=size, page_token=token).data

    whole = [one.id for one in page(100).products]
    walked: list[str] = []
    token, more = "", True
    while more:
        here = page(1, token)
        walked += [one.id for one in here.products]
        token, more = here.next_page_token, bool(here.next_page_token)
        assert here.total_count == len(whole)

    assert walked == whole and set(whole) == {str(int(one.id)) for one in partner.of.products}
