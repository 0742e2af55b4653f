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


def measured(chest: str) -> dict[str, Any]:
    """A chart of one row."""
    table = {
        "headers": [{"name": "Size", "id": "size"}, {"name": "Chest"}],
        "rows": [{"cells": [{"value": "M"}, {"value": chest}]}],
    }
    return {"measurement_type": "BODY_MEASUREMENTS", "unit_system": "METRIC", "table": table}


def measure(world: World) -> None:
    """A chart is kept, changed, found and used; what is found against it is appealed."""
    world.do(filling.load_categories)
    seller = world.opens()
    api: Any = seller.client.products
    said = {
        "category_id": CATEGORY,
        "size_chart_mode": "REUSABLE_TEMPLATE",
        "template_name": "Shirts",
        "size_chart_data": measured("98"),
    }
    body = models.CreateSizeChartV2Request.from_dict(said)
    id = api.create_size_chart_v2(body=body).data.size_chart_id
    edit = models.EditSizeChartV2Request.from_dict(
        {"size_chart_id": id, "size_chart_data": measured("100")}
    )
    assert api.edit_size_chart_v2(body=edit).data.size_chart_id == id
    search = models.SearchSizeChartsRequest(keyword="shirt")
    found = api.search_size_charts(page_size=10, body=search).data
    [chart] = found.size_chart
    table = chart.size_chart_datas[0].size_chart_data.table
    assert (found.total_count, chart.template_name) == (1, "Shirts")
    assert [cell.value for cell in table.rows[0].cells] == ["M", "100"]
    product, _ = created(seller, "Linen shirt", size_chart={"template": {"id": id}})
    message = {
        "field_name": "APPEAL_MESSAGE_FIELD_SIZE_CHART",
        "indicator_details": [{"indicator_type": "REQUIRED_DIMENSION"}],
    }
    appeal = models.SubmitSizeChartAppealRequest.from_dict(
        {"product_id": int(product), "appeal_message": message, "size_chart_id": id}
    )
    api.submit_size_chart_appeal(body=appeal)
    [waiting] = world.operator.gets("/operations/appeals")["items"]
    assert (waiting["product_id"], waiting["indicators"]) == (product, ["required_dimension"])
    path = f"/operations/appeals/{waiting['id']}/decision"
    assert world.operator.posts(path, {"upheld": True})["state"] == "upheld"


def be_advised(world: World) -> None:
    """What could be better about a product, and words for it."""
    world.do(filling.load_categories)
    seller = world.opens()
    api: Any = seller.client.products
    made = [created(seller, title)[0] for title in ("Coat", "Parka warm", "Parka long")]
    world.turn()
    [one] = api.get_product_diagnoses(product_ids=[made[0], "1"]).data.products
    assert (one.id, one.listing_quality.current_tier) == (made[0], "POOR")
    codes = [result.code for each in one.diagnoses for result in each.diagnosis_results]
    assert {"TITLE_SHORT", "IMAGES_FEW", "DESCRIPTION_SHORT"} <= {*codes}
    assert one.listing_quality.remaining_recommendations == len(codes)
    [words] = api.get_products_seo_words(product_ids=[made[0]]).data.products
    assert "parka" in [word.text for word in words.seo_words]
    [told] = api.get_recommended_product_title_and_description(product_ids=[made[0]]).data.products
    assert [each.field for each in told.suggestions] == ["TITLE", "DESCRIPTION"]
    wish = models.DiagnoseAndOptimizeProductRequest.from_dict(
        {"category_id": CATEGORY, "title": "VERY LOUD WOOLLEN COAT", "optimization_fields": ["ALL"]}
    )
    better = api.diagnose_and_optimize_product(body=wish).data
    [title] = [each for each in better.diagnoses if each.field == "TITLE"]
    assert [each.text for each in title.suggestion.smart_texts] == ["VERY LOUD Woollen COAT"]


def be_asked_for(world: World) -> None:
    """The operator looks for goods; a product is held against it, and approved."""
    world.do(filling.load_categories)
    seller = world.opens()
    api: Any = seller.client.products
    brief = world.operator.posts(
        "/operations/briefs",
        {
            "market": "us",
            "kind": "keyword",
            "category_id": "aa",
            "title": "Wool for the winter",
            "keywords": ["wool"],
            "reward": "a place on the first page",
            "tags": ["winter"],
            "ends_at": "2034-07-01T00:00:00Z",
        },
    )["id"]
    kind = models.ListOpportunitiesRequestOpportunityType("KEYWORD")
    asked = models.ListOpportunitiesRequest(opportunity_type=kind, tag_codes=["winter"])
    found = api.list_opportunities(body=asked, page_size=10).data.data
    assert [one.id for one in found.opportunities] == [brief]
    product, _ = created(seller, "Wool scarf")
    world.turn()
    offer = models.SubmitProductViaOpportunityRequest(product_id=product)
    made = api.submit_product_via_opportunity(opportunity_id=brief, body=offer).data.submission
    assert (made.status, made.product_id) == ("PENDING_REVIEW", product)
    path = f"/operations/submissions/{made.id}/decision"
    assert world.operator.posts(path, {"approved": True})["state"] == "approved"
    [record] = api.get_submission_records(page_size=10).data.data.submissions
    assert (record.id, record.status, record.rejection_reason) == (made.id, "APPROVED", None)
    detail = api.get_opportunity_detail(opportunity_id=brief).data.opportunity
    assert detail.basic_info.status == "FULFILLED"
    assert detail.listing_criteria.keywords == "wool"


JOURNEYS = [publish_everywhere, replicate, name_makers, measure, be_advised, be_asked_for]
