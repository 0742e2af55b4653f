"""From a quote to paid orders, over HTTP."""

from typing import Any

import httpx

from tests import filling
from tests.conftest import Installation

ADDRESS = {"country": "US", "region": "CA", "postal_code": "94016"}
BUYER = {"name": "Ann Buyer", "email": "ann@example.org", "phone": "+1 202 555 0100"}


def quoted(
    client: httpx.Client, of: filling.Shop, quantity: int = 1, **more: Any
) -> dict[str, Any]:
    items = [{"sku_id": str(int(of.skus[0])), "quantity": quantity}]
    body = {"market": of.shop.market, "items": items, "address": ADDRESS, **more}
    answer = client.post("/api/v1/shop/quotes", json=body)
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


def checkout(quote: dict[str, Any], method: str = "sandbox-ok", **more: Any) -> dict[str, Any]:
    return {
        "quote_id": quote["quote_id"],
        "buyer": BUYER,
        "address": {**ADDRESS, "city": "San Francisco", "street": "1 Example Street"},
        "payment": {"provider": "sandbox", "method": method},
        **more,
    }


def bought(client: httpx.Client, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.post("/api/v1/shop/checkouts", json=body)
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


def test_a_guest_buys(installation: Installation, client: httpx.Client) -> None:
    of = filling.shop(installation.work, price_minor=10_000)
    quote = quoted(client, of, 2)
    placed = bought(client, checkout(quote))

    assert quote["orders"][0]["lines"][0]["list"] == {"minor": "20000", "currency": "USD"}
    assert placed["payment"]["state"] == "captured"
    assert placed["payment"]["amount"] == quote["total"]
    assert [order["state"] for order in placed["orders"]] == ["on_hold"]


def test_the_same_checkout_twice_is_one(installation: Installation, client: httpx.Client) -> None:
    of = filling.shop(installation.work)
    body = checkout(quoted(client, of))
    first, again = bought(client, body), bought(client, body)
    foreign = client.post(
        "/api/v1/shop/checkouts", json={**body, "buyer": {**BUYER, "name": "Bob Other"}}
    )

    assert again == first
    assert foreign.status_code == 422
    assert foreign.json()["type"] == "/problems/idempotency-key-reused"


def test_another_method_after_a_decline(installation: Installation, client: httpx.Client) -> None:
    of = filling.shop(installation.work)
    quote = quoted(client, of)
    declined = bought(client, checkout(quote, "sandbox-decline"))
    paid = bought(client, checkout(quote, "sandbox-ok"))

    assert declined["payment"]["state"] == "declined"
    assert [order["state"] for order in declined["orders"]] == ["unpaid"]
    assert paid["payment"]["state"] == "captured"
    assert [order["state"] for order in paid["orders"]] == ["on_hold"]
