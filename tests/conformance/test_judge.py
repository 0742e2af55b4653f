"""The judge passes what is right, and fails whatever is not."""

import copy
from typing import Any

import httpx
import pytest
from tiktok_shop_api import TikTokShop
from tiktok_shop_api.generated.models.get_order_list_request import GetOrderListRequest

from . import mutations, sdk, strictness
from .judge import Judge

SHOPS = sdk.BY_ID["getAuthorizedShops"]
ORDERS = sdk.BY_ID["getOrderList"]
SHOP = {"id": "1", "name": "S", "region": "US", "seller_type": "LOCAL", "cipher": "c", "code": "d"}
RIGHT = {"code": 0, "message": "Success", "request_id": "1", "data": {"shops": [SHOP]}}
ORDER = {
    "id": "1",
    "status": "UNPAID",
    "create_time": 1,
    "is_cod": False,
    "line_items": [{"id": "2", "sku_id": "3"}],
    "payment": {"currency": "USD", "total_amount": "1.00"},
}
PAGE = {**RIGHT, "data": {"next_page_token": "t", "total_count": 1, "orders": [ORDER]}}


def judged(answer: Any, status: int = 200) -> Judge:
    """What is said of one call whose answer is this."""
    judge = Judge()
    inner = httpx.MockTransport(lambda _: httpx.Response(status, json=answer))
    transport = judge.transport(inner)
    with TikTokShop("k", "s", "t", "c", base_url="http://x", transport=transport) as client:
        try:
            client.authorization.get_authorized_shops()
        except Exception:  # noqa: BLE001 - what the library makes of it does not matter here.
            return judge
    return judge


def test_a_right_answer_passes() -> None:
    judge = judged(RIGHT)

    assert judge.problems(SHOPS) == []
    assert judge.fields(SHOPS) >= {"data.shops", "data.shops.cipher"}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"request_id": 7}, "request_id: not str"),
        ({"request_id": ""}, "request_id: empty"),
        ({"code": "0"}, "code: not int"),
        ({"trace": "x"}, "trace: not in the envelope"),
        ({"data": None}, "data: null"),
        ({"data": {"shops": None}}, "data.shops: null"),
        ({"data": {"shops": {}}}, "data.shops: not a list"),
        ({"data": {"shops": [1]}}, "data.shops: not an object"),
        ({"data": {"shops": []}}, "no answer has anything in it"),
        ({"data": {"shops": [{**SHOP, "id": 1}]}}, "data.shops.id: 1 is not str"),
        (
            {"data": {"shops": [{**SHOP, "seller_type": "NEW"}]}},
            "data.shops.seller_type: 'NEW' is none of CROSS_BORDER, LOCAL",
        ),
        (
            {"data": {"shops": [{**SHOP, "colour": "red"}]}},
            "data.shops.colour: GetAuthorizedShopsResponseDataShop has no such field",
        ),
    ],
)
def test_a_wrong_answer_fails(change: dict[str, Any], problem: str) -> None:
    assert problem in judged({**RIGHT, **change}).problems(SHOPS)


def test_an_answer_without_data_fails() -> None:
    bare = {name: value for name, value in RIGHT.items() if name != "data"}

    assert "data: missing" in judged(bare).problems(SHOPS)


def test_a_required_field_must_be_there_at_any_depth() -> None:
    operation = sdk.BY_ID["predictProductPackageDimensionsAndWeight"]
    size = {"height": 1, "length": 1, "unit": "CENTIMETER", "width": 1}
    raw = {**RIGHT, "data": {"package_dimensions": size, "package_weight": {"value": "1"}}}

    problems = strictness.read(operation, 200, raw).problems

    assert problems == ["data.package_weight.unit: missing"]


def test_a_refusal_needs_its_envelope_too() -> None:
    assert judged({"code": 105002, "message": "m", "request_id": "1"}).problems(SHOPS) == [
        "never succeeded: {'code': 105002, 'message': 'm', 'request_id': '1'}"
    ]
    assert "message: not str" in judged({"code": 105002, "request_id": "1"}).problems(SHOPS)


def test_a_fault_of_the_server_fails_even_beside_successes() -> None:
    judge = judged(RIGHT)
    judge.calls += judged({**RIGHT, "code": 36009003}, 500).calls

    assert judge.problems(SHOPS) == ["HTTP 500: Success"]


def test_what_was_never_called_fails() -> None:
    assert Judge().problems(SHOPS) == ["never called"]


@pytest.mark.parametrize(("operation", "raw"), [(SHOPS, RIGHT), (ORDERS, PAGE)])
def test_every_mutation_is_noticed(operation: sdk.Operation, raw: Any) -> None:
    before = copy.deepcopy(raw)

    ways = [what for what, _ in mutations.spoilt_ways(operation, raw)]

    assert strictness.read(operation, 200, raw).problems == []
    assert len(ways) > 20
    assert mutations.unnoticed(operation, raw) == []
    assert raw == before


def test_the_list_of_operations_is_the_librarys() -> None:
    assert len(sdk.ALL) == 318
    assert sum(one.tag in sdk.TAGS for one in sdk.ALL) == 160
    assert all(sdk.find(one.method, one.path) == one for one in sdk.ALL)
    assert sdk.asked_by("orders", "get_order_list") == ORDERS
    assert GetOrderListRequest.__name__.startswith("GetOrderList")
