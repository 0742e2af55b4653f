"""A merchant lists goods: looks the category up, uploads, lists, passes the audit, and goes on."""

from io import BytesIO
from typing import Any

from tiktok_shop_api.generated import models
from tiktok_shop_api.generated.types import File

from tests import filling
from tests.conformance.world import Seller, World
from tests.contexts.files.pictures import PDF, picture

CATEGORY = "1010101"  # Clothing: aa-1.
FAR = "2024-03-20T12:00:00Z"  # In the ninety days before the worlds of the tests begin.


def uploaded(seller: Seller, use_case: str = "MAIN_IMAGE", shade: int = 10) -> str:
    """The uri of a picture."""
    made = File(BytesIO(picture(600, 600, shade=shade)), "front.jpg", "image/jpeg")
    use = models.UploadProductImageRequestUseCase(use_case)
    body = models.UploadProductImageRequest(data=made, use_case=use)
    told: Any = seller.client.products.upload_product_image(body=body)
    assert (told.data.width, told.data.height, told.data.use_case) == (600, 600, use_case)
    return str(told.data.uri)


def asked(seller: Seller, title: str, **more: Any) -> Any:
    """A product to be created."""
    size = {"length": "30", "width": "20", "height": "5", "unit": "CENTIMETER"}
    color = {"name": "Color", "value_name": "Red"}
    return models.CreateProductRequest.from_dict(
        {
            "title": title,
            "description": "<p>Warm<script>x</script></p>",
            "category_id": CATEGORY,
            "main_images": [{"uri": uploaded(seller)}],
            "package_dimensions": size,
            "package_weight": {"value": "0.4", "unit": "KILOGRAM"},
            "external_product_id": "ext-1",
            "skus": [
                {
                    "seller_sku": f"{title}-1"[:50],
                    "external_sku_id": "ext-sku-1",
                    "sales_attributes": [color],
                    "identifier_code": {"code": "4006381333931", "type": "EAN"},
                    "price": {"amount": "20.00", "currency": "USD"},
                    "list_price": {"amount": "20.00", "currency": "USD"},
                    "inventory": [{"warehouse_id": seller.location_id, "quantity": 7}],
                }
            ],
            **more,
        }
    )


def created(seller: Seller, title: str, **more: Any) -> tuple[str, str]:
    """The ids of a product and its SKU."""
    body = asked(seller, title, **more)
    told: Any = seller.client.products.create_product(body=body)
    return str(told.data.product_id), str(told.data.skus[0].id)


def look_around(world: World) -> None:
    """Before anything is listed: categories, what they ask for, brands, prerequisites."""
    world.do(filling.load_categories)
    api: Any = world.client.products
    categories = api.get_categories().data.categories
    assert {one.id: one.parent_id for one in categories}[CATEGORY] == "10101"
    assert api.get_global_categories().data.categories
    title = "Warm clothing for winter"
    wish = models.RecommendCategoryRequest(product_title=title)
    assert api.recommend_category(body=wish).data.leaf_category_id == CATEGORY
    wider = models.RecommendGlobalCategoriesRequest(product_title=title)
    assert api.recommend_global_categories(body=wider).data.leaf_category_id == CATEGORY
    for look in (api.get_category_attributes, api.get_global_attributes):
        found = {one.name: one for one in look(category_id=CATEGORY).data.attributes}
        assert found["Color"].type_ == "SALES_PROPERTY" and found["Color"].values
    assert api.get_category_rules(category_id=CATEGORY).data.product_certifications == []
    toys = api.get_global_category_rules(category_id=CATEGORY).data
    assert toys.product_certifications == []
    failed = [
        one.check_item
        for one in api.check_listing_prerequisites().data.check_results
        if one.is_failed
    ]
    assert failed == []


def name_brands(world: World) -> None:
    """A brand of one's own is found again, and is suggested by its name."""
    api: Any = world.client.products
    made = api.create_custom_brands(body=models.CreateCustomBrandsRequest(name="Nordlicht")).data.id
    [found] = api.get_brands(page_size=10, brand_name="nord").data.brands
    assert (found.id, found.authorized_status) == (made, "AUTHORIZED")
    wish = models.SuggestBrandsRequest(product_title="A Nordlicht lamp")
    assert [one.id for one in api.suggest_brands(body=wish).data.brands] == [made]


def list_and_sell(world: World) -> None:
    """Create, be audited, be seen; edit, price, stock; off sale and on; delete and recover."""
    world.do(filling.load_categories)
    seller, api = world.seller, _api(world)
    id, sku = created(seller, "Winter coat")
    assert status(world, id) == "PENDING"
    world.turn()
    whole = api.get_product(product_id=id).data
    assert (whole.status, whole.audit.status) == ("ACTIVATE", "APPROVED")
    assert whole.description == "<p>Warm</p>"
    assert whole.skus[0].price.sale_price == "20.00"
    assert [(one.warehouse_id, one.quantity) for one in whole.skus[0].inventory] == [
        (seller.location_id, 7)
    ]
    _find(world, id)
    _change(world, id, sku)
    _stop_and_start(world, id)
    _advise(world, id)


def fail_an_audit(world: World) -> None:
    """A banned word does not pass, is told with its reason, and passes once it is gone."""
    world.do(filling.load_categories)
    api = _api(world)
    check = models.CheckProductListingRequest.from_dict(
        asked(world.seller, "A replica coat").to_dict()
    )
    told = api.check_product_listing(body=check).data
    assert (told.check_result, len(told.fail_reasons)) == ("FAILED", 1)
    id, _ = created(world.seller, "A replica coat")
    world.turn()
    whole = api.get_product(product_id=id).data
    assert (whole.status, whole.audit.status) == ("FAILED", "FAILED")
    assert [one.position for one in whole.audit_failed_reasons] == ["banned-word"]
    better = models.PartialEditProductRequest.from_dict({"title": "A coat"})
    assert api.partial_edit_product(product_id=id, body=better).data.audit.status == "AUDITING"
    world.turn()
    assert status(world, id) == "ACTIVATE"


def send_documents(world: World) -> None:
    """A document is kept for certificates."""
    world.do(filling.load_categories)
    body = models.UploadProductFileRequest(
        data=File(BytesIO(PDF), "cpc.pdf", "application/pdf"), name="cpc.pdf"
    )
    told = _api(world).upload_product_file(body=body).data
    assert (told.name, told.format_) == ("cpc.pdf", "PDF")
    images = [{"uri": uploaded(world.seller, "CERTIFICATION_IMAGE", 30)}]
    papers = [
        {
            "id": "CPC",
            "images": images,
            "files": [{"id": told.id, "name": "cpc.pdf", "format": "PDF"}],
        }
    ]
    id, _ = created(world.seller, "Certified coat", certifications=papers)
    [paper] = _api(world).get_product(product_id=id).data.certifications
    assert (paper.id, paper.files[0].name, len(paper.images)) == ("CPC", "cpc.pdf", 1)


def upgrade_nothing(world: World) -> None:
    """Upgrades of another platform's past have nothing to do here."""
    api = _api(world)
    api.create_category_upgrade_task()
    api.create_gpa_upgrade_task()


def status(world: World, id: str) -> str:
    """The status of a product."""
    return str(_api(world).get_product(product_id=id).data.status)


def _api(world: World) -> Any:
    return world.client.products


def _find(world: World, id: str) -> None:
    by_sku = models.SearchProductsRequest.from_dict({"seller_skus": ["Winter coat-1"]})
    found = _api(world).search_products(body=by_sku, page_size=10).data
    assert [(one.id, one.status) for one in found.products] == [(id, "ACTIVATE")]
    assert (found.total_count, found.next_page_token) == (1, "")
    every = models.SearchProductsRequest.from_dict({"status": "ALL"})
    first = _api(world).search_products(body=every, page_size=1).data
    assert len(first.products) == 1


def _change(world: World, id: str, sku: str) -> None:
    """Everything again, then a price, a stock, a proof, a setting."""
    seller, api = world.seller, _api(world)
    again = asked(seller, "Winter coat, longer").to_dict()
    again["skus"][0]["id"] = sku
    edit = models.EditProductRequest.from_dict(again)
    assert api.edit_product(product_id=id, body=edit).data.audit.status == "AUDITING"
    assert api.get_product(product_id=id).data.title == "Winter coat"
    world.turn()
    assert api.get_product(product_id=id).data.title == "Winter coat, longer"

    price = {"id": sku, "price": {"amount": "18.50", "currency": "USD"}}
    api.update_price(product_id=id, body=models.UpdatePriceRequest.from_dict({"skus": [price]}))
    stock = {"id": sku, "inventory": [{"warehouse_id": seller.location_id, "quantity": 3}]}
    told = api.update_inventory(
        product_id=id, body=models.UpdateInventoryRequest.from_dict({"skus": [stock]})
    )
    assert told.data.errors == []
    wish = models.InventorySearchRequest.from_dict({"product_ids": [id]})
    [[shelf]] = [one.skus for one in api.inventory_search(body=wish).data.inventory]
    assert (shelf.total_available_quantity, shelf.total_committed_quantity) == (3, 0)
    [row] = api.get_product(product_id=id).data.skus
    assert row.price.sale_price == "18.50"

    paid = {"amount": "25.00", "currency": "USD"}
    proof = {
        "id": sku,
        "external_sku_id": "ext-sku-1",
        "external_retail_price": paid,
        "external_transaction_price": {**paid, "transaction_time": FAR},
    }
    proofs = models.SubmitStrikethroughPriceRequest.from_dict(
        {"external_product_id": "ext-1", "skus": [proof]}
    )
    assert api.submit_strikethrough_price(product_id=id, body=proofs).data.errors == []
    setting = {
        "seller_id": str(int(seller.shop.merchant_id)),
        "sku_ids": [sku],
        "stock_operation_setting": {"enable_auto_restock": True},
    }
    done = api.update_stock_operation_settings(
        body=models.UpdateStockOperationSettingsRequest.from_dict(setting)
    )
    assert done.data.stock_operation.success_sku_ids == [sku]


def _stop_and_start(world: World, id: str) -> None:
    api = _api(world)
    named = {"product_ids": [id]}
    stop = models.DeactivateProductsRequest.from_dict(named)
    start = models.ActivateProductsRequest.from_dict(named)
    assert api.deactivate_products(body=stop).data.errors == []
    assert status(world, id) == "SELLER_DEACTIVATED"
    assert [one.detail.product_id for one in api.deactivate_products(body=stop).data.errors] == [id]
    assert api.activate_products(body=start).data.errors == []
    assert status(world, id) == "ACTIVATE"
    assert api.delete_products(body=models.DeleteProductsRequest.from_dict(named)).data.errors == []
    assert status(world, id) == "DELETED"
    back = models.RecoverProductsRequest.from_dict(named)
    assert api.recover_products(body=back).data.errors == []
    assert status(world, id) == "DRAFT"
    assert api.activate_products(body=start).data.errors == []
    world.turn()
    assert status(world, id) == "ACTIVATE"


def _advise(world: World, id: str) -> None:
    api = _api(world)
    ask = models.PredictProductPackageDimensionsAndWeightRequest(category_id=CATEGORY)
    usual = api.predict_product_package_dimensions_and_weight(body=ask).data
    assert (usual.package_dimensions.length, usual.package_weight.value) == (30, "400")
    odd = models.GetProductPackageRecommendationsRequest.from_dict({"product_ids": [id]})
    told = api.get_product_package_recommendations(body=odd, page_size=10).data
    assert [one.abnormality_types for one in told.products] == [["None"]]
    wish = models.RecommendRequiredProductPropertiesRequest(
        category_id=CATEGORY, product_title="A red coat"
    )
    found = api.recommend_required_product_properties(body=wish).data.recommended_properties
    assert {one.name: [value.name for value in one.values] for one in found}["Color"] == ["Red"]


def change_pictures(world: World) -> None:
    """A picture gets a white background, and another one its words in two languages."""
    seller, api = world.seller, _api(world)
    grey, worded = uploaded(seller, shade=61), uploaded(seller, shade=62)
    mode = models.OptimizeImagesRequestImageOptimizationModeItem.WHITE_BACKGROUND
    image = models.OptimizeImagesRequestImage(uri=grey, optimization_mode=[mode])
    wish = models.OptimizeImagesRequest(images=[image])
    [asked] = api.optimize_images(body=wish).data.images
    into = models.CreateImageTranslationTasksRequestImageTargetLanguagesItem
    languages = [into.DE_DE, into.FR_FR]
    words = models.CreateImageTranslationTasksRequestImage(worded, languages)
    tasks = models.CreateImageTranslationTasksRequest([words])
    made = api.create_image_translation_tasks(body=tasks).data.translation_tasks
    world.turn()
    [white] = api.optimize_images(body=wish).data.images
    ids = [one.id for one in made]
    done = api.get_image_translation_tasks(translation_task_ids=ids).data.translation_tasks
    assert (asked.optimize_status, white.optimize_status) == ("PROCESSING", "SUCCESS")
    assert [(one.status, one.target_language) for one in done] == [
        ("COMPLETED", "de-DE"),
        ("COMPLETED", "fr-FR"),
    ]
    fresh = [white.optimized_uri, *(one.translated_image.uri for one in done)]
    pictures = [{"uri": uri} for uri in fresh]
    id, _ = created(seller, "Coat in new pictures", main_images=pictures)
    world.turn()
    shown = api.get_product(product_id=id).data.main_images
    assert [one.uri for one in shown] == fresh


JOURNEYS = [
    look_around,
    name_brands,
    list_and_sell,
    fail_an_audit,
    send_documents,
    change_pictures,
    upgrade_nothing,
]
