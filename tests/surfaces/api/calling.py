"""Requests that tests make again and again."""

from typing import Any

import httpx

from tests import filling

ADDRESS = {"country": "US", "region": "CA", "postal_code": "94016"}
BUYER = {"name": "Ann Buyer", "email": "ann@example.org", "phone": "+1 202 555 0100"}


def as_(client: httpx.Client, somebody: filling.SignIn) -> httpx.Client:
    """A client that is signed in by token."""
    body = {"email": somebody.email, "password": filling.PASSWORD}
    token = client.post("/api/v1/sessions", json=body).json()["token"]
    client.cookies.clear()  # The cookie would make the guest somebody, too.
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=client.base_url, headers=headers, timeout=30)


def got(client: httpx.Client, path: str, **query: Any) -> Any:
    """The answer to a read that succeeds."""
    answer = client.get(f"/api/v1{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def posted(client: httpx.Client, path: str, body: Any = None) -> Any:
    """The answer to a call that succeeds."""
    answer = client.post(f"/api/v1{path}", json={} if body is None else body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def quote_body(of: filling.Shop, quantity: int = 1, **more: Any) -> dict[str, Any]:
    """A basket of the shop's first SKU."""
    items = [{"sku_id": str(int(of.skus[0])), "quantity": quantity}]
    return {"market": of.shop.market, "items": items, "address": ADDRESS, **more}


def checkout_body(quote_id: str, method: str = "sandbox-ok") -> dict[str, Any]:
    """The basket's checkout."""
    return {
        "quote_id": quote_id,
        "buyer": BUYER,
        "address": {**ADDRESS, "city": "San Francisco", "street": "1 Example Street"},
        "payment": {"provider": "sandbox", "method": method},
    }


def bought(client: httpx.Client, of: filling.Shop, quantity: int = 1) -> dict[str, Any]:
    """A paid checkout."""
    quote = posted(client, "/shop/quotes", quote_body(of, quantity))
    placed: dict[str, Any] = posted(client, "/shop/checkouts", checkout_body(quote["quote_id"]))
    assert placed["payment"]["state"] == "captured"
    return placed
