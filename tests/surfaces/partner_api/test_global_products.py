"""Global products and what belongs to them: what is refused, and that nothing changed."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text
from tiktok_shop_api.errors import TikTokShopError
from tiktok_shop_api.generated import models

from entrepot.contexts import catalog
from entrepot.contexts.catalog import CategoryId
from entrepot.kernel.access import platform
from entrepot.kernel.problems import only
from entrepot.surfaces.partner_api.scopes import Scope
from tests.surfaces.partner_api.conftest import Partner

briefs = catalog.briefs

INVALID, NOT_FOUND, CONFLICT, DENIED = 36009004, 90000404, 90000409, 105005
CATEGORY = "1010101"  # Clothing: aa-1.
TABLES = (
    "appeals",
    "briefs",
    "global_prices",
    "global_products",
    "listings",
    "parties",
    "party_profiles",
    "products",
    "size_charts",
    "skus",
    "submissions",
)
MAKER = {
    "name": "Maker Ltd",
    "email": "safety@maker.example",
    "phone_number": {"country_code": "+353", "local_number": "1234567"},
    "address": "1 Mill Road",
}
HOME = {"street_address_line1": "2 Quay", "postal_code": "D02", "country": "IE"}


def everything(partner: Partner) -> dict[str, list[str]]:
    """All rows that these operations write."""
    with partner.parts.engine.connect() as sql:
        return {
            table: sorted(sql.scalars(text(f"select t::text from catalog.{table} t")))
            for table in TABLES
        }


def refusal(do: Callable[[], Any]) -> int:
    """The code with which something is refused."""
    with pytest.raises(TikTokShopError) as refused:
        do()
    return int(refused.value.code or 0)


def a_shirt(**more: Any) -> dict[str, Any]:
    """What a new global product says; fields of the SKU come as `sku`."""
    sku = {"seller_sku": "L-1", "price": {"amount": "20.00", "currency": "USD"}}
    return {
        "title": "Linen shirt",
        "description": "<p>Plain</p>",
        "category_id": CATEGORY,
        "main_images": [],
        "package_weight": {"value": "0.4", "unit": "KILOGRAM"},
        "skus": [{**sku, **more.pop("sku", {})}],
        **more,
    }


def create(sdk: Any, said: dict[str, Any]) -> Any:
    body = models.CreateGlobalProductRequest.from_dict(said)
    return sdk.products.create_global_product(body=body).data


def publish(sdk: Any, id: str, region: str, sku: dict[str, Any]) -> Any:
    target = {"region": region, "skus": [sku]}
    body = models.PublishGlobalProductRequest.from_dict({"publish_target": [target]})
    return sdk.products.publish_global_product(global_product_id=id, body=body).data


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"category_id": "1202020"}, NOT_FOUND),
        ({"title": " "}, INVALID),
        ({"main_images": [{"uri": "1"}]}, NOT_FOUND),
        ({"brand_id": "1"}, NOT_FOUND),
        ({"manufacturer_ids": ["1"]}, INVALID),
        ({"responsible_person_ids": ["x"]}, INVALID),
        ({"package_weight": {"value": "-1", "unit": "KILOGRAM"}}, INVALID),
        ({"sku": {"price": {"amount": "0", "currency": "USD"}}}, INVALID),
        ({"sku": {"price": {"amount": "1.999", "currency": "USD"}}}, INVALID),
        ({"sku": {"global_quantity": 5}}, DENIED),  # The only warehouse is the platform's.
    ],
)
def test_a_malformed_product_is_refused(
    partner: Partner, sdk: Any, wrong: dict[str, Any], code: int
) -> None:
    before = everything(partner)

    assert refusal(lambda: create(sdk, a_shirt(**wrong))) == code
    assert everything(partner) == before


def test_another_seller_sees_and_changes_nothing(partner: Partner, sdk: Any) -> None:
    made = create(sdk, a_shirt())
    id, sku = made.global_product_id, made.global_skus[0].id
    maker = models.CreateManufacturerRequest.from_dict(MAKER)
    maker_id = sdk.products.create_manufacturer(body=maker).data.manufacturer_id
    with partner.other_seller().client() as other:
        theirs, before = other.products, everything(partner)
        edit = models.PartialEditGlobalProductRequest(title="Theirs")
        whole = models.EditGlobalProductRequest.from_dict(a_shirt())
        stock = models.UpdateGlobalInventoryRequest.from_dict(
            {
                "global_skus": [
                    {"id": sku, "inventory": [{"global_warehouse_id": "1", "quantity": 1}]}
                ]
            }
        )
        name = models.PartialEditManufacturerRequest(name="Theirs")
        attempts: list[Callable[[], Any]] = [
            lambda: theirs.get_global_product(global_product_id=id),
            lambda: theirs.partial_edit_global_product(global_product_id=id, body=edit),
            lambda: theirs.edit_global_product(global_product_id=id, body=whole),
            lambda: theirs.update_global_inventory(global_product_id=id, body=stock),
            lambda: publish(other, id, "US", {"related_global_sku_id": sku}),
            lambda: theirs.partial_edit_manufacturer(manufacturer_id=maker_id, body=name),
        ]
        codes = [refusal(attempt) for attempt in attempts]
        deletion = models.DeleteGlobalProductsRequest(global_product_ids=[id])
        [error] = theirs.delete_global_products(body=deletion).data.errors
        search = models.SearchManufacturersRequest(manufacturer_ids=[maker_id])
        found = theirs.search_manufacturers(page_size=10, body=search).data
        globals_found = theirs.search_global_products(page_size=10, body=LISTS).data
        naming = refusal(lambda: create(other, a_shirt(manufacturer_ids=[maker_id])))

    assert codes == [NOT_FOUND] * 6
    assert (error.code, error.detail.global_product_id) == (NOT_FOUND, id)
    assert (found.total_count, globals_found.total_count) == (0, 0)
    assert naming == INVALID
    assert everything(partner) == before


LISTS = models.SearchGlobalProductsRequest()


def test_a_market_that_refuses_harms_no_other(partner: Partner, sdk: Any) -> None:
    made = create(sdk, a_shirt())
    id, sku = made.global_product_id, made.global_skus[0].id
    wrong = {"related_global_sku_id": "1"}

    told = publish(sdk, id, "US", wrong).publish_result
    assert [(one.region, one.status) for one in told] == [("US", "FAILED")]
    published = publish(sdk, id, "US", {"related_global_sku_id": sku})
    assert [one.id for one in published.products] == [id]
    [again] = publish(sdk, id, "US", {"related_global_sku_id": sku}).publish_result
    assert again.status == "FAILED"
    assert "listing in this market" in again.fail_reasons[0].message


def test_pages_are_walked_to_their_end(sdk: Any) -> None:
    ids = [create(sdk, a_shirt(title=f"Shirt {n}")).global_product_id for n in range(3)]

    found, token = list[str](), ""
    for _ in ids:
        told = sdk.products.search_global_products(page_size=1, page_token=token, body=LISTS).data
        found += [one.id for one in told.global_products]
        token = told.next_page_token
    assert (found, token, told.total_count) == (ids[::-1], "", 3)


def test_scopes_are_asked(partner: Partner) -> None:
    with partner.with_scopes(Scope.GLOBAL_PRODUCT_READ).client() as reader:
        assert reader.products.search_global_products(page_size=1, body=LISTS).data.total_count == 0
        assert refusal(lambda: create(reader, a_shirt())) == DENIED


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "制造商"},
        {"email": "nobody"},
        {"address": " "},
        {"phone_number": {"country_code": "353", "local_number": "1234567"}},
        {"phone_number": {"country_code": "+353", "local_number": "123"}},
        {"phone_number": {"country_code": "+353"}},
    ],
)
def test_a_malformed_manufacturer_is_refused(
    partner: Partner, sdk: Any, wrong: dict[str, Any]
) -> None:
    before = everything(partner)
    body = models.CreateManufacturerRequest.from_dict({**MAKER, **wrong})

    assert refusal(lambda: sdk.products.create_manufacturer(body=body)) == INVALID
    assert everything(partner) == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": {**HOME, "country": "US"}},
        {"address": {**HOME, "postal_code": " "}},
        {"phone_number": {"country_code": "+1", "local_number": "1234567"}},
        {"phone_number": {"country_code": "+353", "local_number": "123456789012"}},
    ],
)
def test_who_is_responsible_is_in_the_union(
    partner: Partner, sdk: Any, wrong: dict[str, Any]
) -> None:
    before = everything(partner)
    body = models.CreateResponsiblePersonRequest.from_dict({**MAKER, "address": HOME, **wrong})

    assert refusal(lambda: sdk.products.create_responsible_person(body=body)) == INVALID
    assert everything(partner) == before


def a_chart(**more: Any) -> dict[str, Any]:
    table = {"headers": [{"name": "Size"}], "rows": [{"cells": [{"value": "M"}]}]}
    data = {"measurement_type": "BODY_MEASUREMENTS", "unit_system": "METRIC", "table": table}
    return {
        "category_id": CATEGORY,
        "size_chart_mode": "REUSABLE_TEMPLATE",
        "template_name": "Shirts",
        "size_chart_data": {**data, **more.pop("data", {})},
        **more,
    }


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"template_name": ""}, INVALID),
        ({"category_id": "1202020"}, NOT_FOUND),
        ({"category_id": "10101"}, INVALID),  # It has some below it.
        ({"size_chart_mode": "OTHER"}, INVALID),
        ({"data": {"table": {"headers": [], "rows": []}}}, INVALID),
        (
            {"data": {"table": {"headers": [{"name": "Size"}], "rows": [{"cells": []}]}}},
            INVALID,
        ),
    ],
)
def test_a_malformed_chart_is_refused(
    partner: Partner, sdk: Any, wrong: dict[str, Any], code: int
) -> None:
    before = everything(partner)
    body = models.CreateSizeChartV2Request.from_dict(a_chart(**wrong))

    assert refusal(lambda: sdk.products.create_size_chart_v2(body=body)) == code
    assert everything(partner) == before


def test_a_chart_is_its_owners(partner: Partner, sdk: Any) -> None:
    body = models.CreateSizeChartV2Request.from_dict(a_chart())
    id = sdk.products.create_size_chart_v2(body=body).data.size_chart_id
    edit = models.EditSizeChartV2Request.from_dict(
        {"size_chart_id": id, "size_chart_data": a_chart()["size_chart_data"]}
    )
    with partner.other_seller().client() as other:
        before = everything(partner)
        search = models.SearchSizeChartsRequest(ids=[id])
        found = other.products.search_size_charts(page_size=10, body=search).data
        code = refusal(lambda: other.products.edit_size_chart_v2(body=edit))

    assert (found.total_count, code) == (0, NOT_FOUND)
    assert everything(partner) == before


def test_an_appeal_takes_a_chart(partner: Partner, sdk: Any) -> None:
    before = everything(partner)
    message = {
        "field_name": "APPEAL_MESSAGE_FIELD_SIZE_CHART",
        "indicator_details": [{"indicator_type": "REQUIRED_DIMENSION"}],
    }
    product = partner.of.products[0].id
    body = models.SubmitSizeChartAppealRequest.from_dict(
        {"product_id": int(product), "appeal_message": message}
    )

    assert refusal(lambda: sdk.products.submit_size_chart_appeal(body=body)) == INVALID
    assert everything(partner) == before


def a_brief(partner: Partner, **more: Any) -> str:
    said = briefs.BriefSaid(title="Wanted", keywords=more.pop("keywords", ()))

    def make(tx: Any) -> Any:
        wish = {
            "market": "us",
            "kind": briefs.BriefKind.PRODUCT,
            "category_id": CategoryId("aa"),
            "said": said,
            "ends_at": tx.now.replace(year=tx.now.year + 1),
            **more,
        }
        return only(briefs.make_briefs(tx, [briefs.NewBrief(**wish)]))

    return str(partner.work.run(lambda _: platform("test"), "test.brief", make))


def test_only_what_fits_is_taken_and_only_once(partner: Partner, sdk: Any) -> None:
    product = partner.of.products[0].id
    offer = models.SubmitProductViaOpportunityRequest(product_id=str(int(product)))

    def submit(brief: str) -> Any:
        return sdk.products.submit_product_via_opportunity(opportunity_id=brief, body=offer)

    elsewhere, wordy = a_brief(partner, market="gb"), a_brief(partner, keywords=("linen",))
    open_one, over = a_brief(partner), a_brief(partner)
    partner.work.run(
        lambda _: platform("test"),
        "test.brief",
        lambda tx: only(briefs.withdraw_briefs(tx, [briefs.BriefId.parse(over)])),
    )
    before = everything(partner)
    assert refusal(lambda: submit(elsewhere)) == NOT_FOUND
    assert [refusal(partial(submit, one)) for one in (wordy, over)] == [CONFLICT] * 2
    assert everything(partner) == before

    assert submit(open_one).data.submission.status == "PENDING_REVIEW"
    assert refusal(lambda: submit(open_one)) == CONFLICT
    with partner.other_seller().client() as other:
        records = other.products.get_submission_records(page_size=10).data.data
        assert (records.submissions, records.total_count) == ([], 0)
