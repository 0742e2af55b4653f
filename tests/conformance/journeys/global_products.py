"""A merchant says once what a product is, and lists it in several markets."""

from typing import Any

from tiktok_shop_api.generated import models

from entrepot.contexts import merchants
from entrepot.kernel.problems import only
from tests import filling
from tests.conformance.journeys.products import CATEGORY, created, uploaded
from tests.conformance.world import Seller, World

EMAIL, NUMBER = "safety@maker.example", "1234567"
IRISH = {"country_code": "+353", "local_number": NUMBER}


def shop_in(world: World, seller: Seller, market: str) -> merchants.Shop:
    """One more shop of a merchant."""
    wish = merchants.NewShop(
        merchant_id=seller.shop.merchant_id,
        name=f"A shop in {market}",
        market=market,
        mode=seller.shop.mode,
        seller_type=seller.shop.seller_type,
    )
    return world.do(lambda tx: only(merchants.open_shops(tx, [wish])))


def asked(seller: Seller, title: str = "Linen shirt", **more: Any) -> dict[str, Any]:
    """A global product to be created."""
    return {
        "title": title,
        "description": "<p>Plain</p>",
        "category_id": CATEGORY,
        "main_images": [{"uri": uploaded(seller)}],
        "package_weight": {"value": "0.4", "unit": "KILOGRAM"},
        "package_dimensions": {"length": "3", "width": "2", "height": "1", "unit": "CENTIMETER"},
        "external_global_product_id": "ext-g",
        "skus": [
            {
                "seller_sku": "linen-1",
                "external_global_sku_id": "ext-g-1",
                "sales_attributes": [{"name": "Color", "value_name": "Red"}],
                "price": {"amount": "20.00", "currency": "USD"},
                "inventory": [{"global_warehouse_id": seller.location_id, "quantity": 7}],
            }
        ],
        **more,
    }


def publish_everywhere(world: World) -> None:
    """Create, find, publish in two markets, edit for all, restock, delete."""
    world.do(filling.load_categories)
    seller = world.opens()
    api: Any = seller.client.products
    shop_in(world, seller, "gb")
    wish = models.CreateGlobalProductRequest.from_dict(asked(seller))
    made = api.create_global_product(body=wish).data
    id, sku = made.global_product_id, made.global_skus[0].id
    assert made.global_skus[0].seller_sku == "linen-1"
    assert listed(api, "UNPUBLISHED") == [(id, "UNPUBLISHED")]
    publish(api, id, sku)
    world.turn()
    whole = api.get_global_product(global_product_id=id).data
    assert [(one.region, one.id) for one in whole.products] == [("GB", id), ("US", id)]
    assert (whole.skus[0].price.amount, whole.skus[0].global_quantity) == ("20.00", 7)
    assert whole.title == "Linen shirt" and whole.external_global_product_id == "ext-g"
    assert listed(api, "PUBLISHED") == [(id, "PUBLISHED")]
    change(world, seller, id, sku)
    body = models.DeleteGlobalProductsRequest(global_product_ids=[id, "1"])
    [error] = api.delete_global_products(body=body).data.errors
    assert error.detail.global_product_id == "1"
    assert (listed(api, None), listed(api, "DELETED")) == ([], [(id, "DELETED")])
    assert api.get_product(product_id=id).data.status == "ACTIVATE"


def listed(api: Any, status: str | None) -> list[tuple[str, str]]:
    """The global products of a state."""
    body = models.SearchGlobalProductsRequest.from_dict({"status": status} if status else {})
    told = api.search_global_products(page_size=10, body=body).data
    assert told.total_count == len(told.global_products)
    return [(one.id, one.status) for one in told.global_products]


def publish(api: Any, id: str, sku: str) -> None:
    """In the US at the global price, in the UK at one of its own; Germany has no shop."""
    body = {
        "publish_target": [
            {"region": "US", "skus": [{"related_global_sku_id": sku}]},
            {
                "region": "GB",
                "skus": [
                    {
                        "related_global_sku_id": sku,
                        "price": {"sale_price": "17.50", "currency": "GBP"},
                    }
                ],
            },
            {"region": "DE", "skus": [{"related_global_sku_id": sku}]},
        ]
    }
    wish = models.PublishGlobalProductRequest.from_dict(body)
    told = api.publish_global_product(global_product_id=id, body=wish).data
    results = {one.region: one.status for one in told.publish_result}
    assert results == {"US": "SUCCESS", "GB": "SUCCESS", "DE": "FAILED"}
    assert {one.region for one in told.products} == {"US", "GB"}


def change(world: World, seller: Seller, id: str, sku: str) -> None:
    """What is edited globally is edited in each market, after an audit in each."""
    api: Any = seller.client.products
    part = models.PartialEditGlobalProductRequest.from_dict(
        {"title": "Linen shirt, washed", "skus": [{"id": sku, "sale_prices": [GB_PRICE]}]}
    )
    told = api.partial_edit_global_product(global_product_id=id, body=part).data
    assert [(one.region, one.status) for one in told.publish_results] == [
        ("GB", "SUCCESS"),
        ("US", "SUCCESS"),
    ]
    world.turn()
    local = api.get_product(product_id=id).data
    assert (local.title, local.skus[0].price.sale_price) == ("Linen shirt, washed", "20.00")
    more = asked(seller, "Linen shirt again")
    more["skus"][0]["id"] = sku
    whole = models.EditGlobalProductRequest.from_dict(more)
    assert api.edit_global_product(global_product_id=id, body=whole).data.global_skus[0].id == sku
    stock = {"global_warehouse_id": seller.location_id, "quantity": 9}
    body = models.UpdateGlobalInventoryRequest.from_dict(
        {"global_skus": [{"id": sku, "inventory": [stock]}]}
    )
    api.update_global_inventory(global_product_id=id, body=body)
    after = api.get_global_product(global_product_id=id).data
    assert (after.title, after.skus[0].global_quantity) == ("Linen shirt again", 9)


GB_PRICE = {"region": "GB", "amount": "18.00"}


def replicate(world: World) -> None:
    """What one shop lists, another one of the merchant lists as well."""
    world.do(filling.load_categories)
    seller = world.opens()
    api: Any = seller.client.products
    shop = shop_in(world, seller, "gb")
    rules = api.get_global_listing_rules().data
    assert rules.listing_methods == ["GLOBAL_PUBLISHING", "LOCAL_REPLICATION"]
    assert [one.allocation_mode for one in rules.inventory_rules] == ["SHARED"]
    id, sku = created(seller, "Wool socks")
    price = {"sale_price": "17.50", "currency": "GBP"}
    targets = [
        {"region": "GB", "skus": [{"source_sku_id": sku, "price": price}]},
        {"region": "DE", "skus": []},
    ]
    body = models.ReplicateProductRequest.from_dict({"replicate_target": targets})
    [error] = api.replicate_product(product_id=id, body=body).data.errors
    assert error.detail.region == "DE"
    [other] = api.get_global_replicated_products(product_id=id).data.replicated_products
    assert (other.region, other.shop_id, other.product_id) == ("GB", str(int(shop.id)), id)
    assert other.product_status == "PENDING"


def name_makers(world: World) -> None:
    """Manufacturers and responsible persons are written down, changed, found and named."""
    world.do(filling.load_categories)
    seller = world.opens()
    api: Any = seller.client.products
    maker = {"name": "Maker Ltd", "email": EMAIL, "phone_number": IRISH, "address": "1 Mill Road"}
    body = models.CreateManufacturerRequest.from_dict(maker)
    made = api.create_manufacturer(body=body).data.manufacturer_id
    edit = models.PartialEditManufacturerRequest(registered_trade_name="Maker")
    api.partial_edit_manufacturer(manufacturer_id=made, body=edit)
    search = models.SearchManufacturersRequest(keyword="maker")
    found = api.search_manufacturers(page_size=10, body=search).data
    [profile] = found.manufacturers[0].regional_profiles
    assert (found.total_count, profile.registered_trade_name) == (1, "Maker")
    person = answer_for(api)
    wish = asked(seller, manufacturer_ids=[made], responsible_person_ids=[person])
    product = models.CreateGlobalProductRequest.from_dict(wish)
    id = api.create_global_product(body=product).data.global_product_id
    whole = api.get_global_product(global_product_id=id).data
    assert (whole.manufacturer_ids, whole.responsible_person_ids) == ([made], [person])
    local, sku = created(seller, "Wool hat", manufacturer_ids=[made])
    look = models.SearchProductsForComplianceAuditingRequest(product_title="hat")
    [one] = api.search_products_for_compliance_auditing(page_size=10, body=look).data.products
    assert (one.id, one.variants[0].id, one.country) == (local, sku, "US")
    assert [step.id for step in one.categories][-1] == CATEGORY


def answer_for(api: Any) -> str:
    """A responsible person, who moves."""
    home = {"street_address_line1": "2 Quay", "postal_code": "D02", "country": "IE"}
    said = {"name": "Ann Answers", "email": EMAIL, "phone_number": IRISH, "address": home}
    body = models.CreateResponsiblePersonRequest.from_dict(said)
    made = api.create_responsible_person(body=body).data.responsible_person_id
    edit = models.PartialEditResponsiblePersonRequest.from_dict({"name": "Ann B. Answers"})
    api.partial_edit_responsible_person(responsible_person_id=made, body=edit)
    search = models.SearchResponsiblePersonsRequest(responsible_person_ids=[made])
    [found] = api.search_responsible_persons(page_size=10, body=search).data.responsible_persons
    [profile] = found.regional_profiles
    assert (profile.name, profile.address.country) == ("Ann B. Answers", "IE")
    return str(made)


JOURNEYS = [publish_everywhere, replicate, name_makers]
