"""Coupons from the merchant who makes them to the order that they made cheaper, over HTTP."""

from typing import Any

import httpx
import pytest

from tests import filling
from tests.conftest import Installation
from tests.surfaces.api.calling import as_, checkout_body, got, posted, quote_body


@pytest.fixture
def of(installation: Installation) -> filling.Shop:
    return filling.shop(installation.work, price_minor=10_000)


@pytest.fixture
def owner(installation: Installation, client: httpx.Client, of: filling.Shop) -> httpx.Client:
    return as_(client, filling.person(installation.work, "merchant-owner", of.merchant_id))


def coupon(of: filling.Shop, **more: Any) -> dict[str, Any]:
    return {
        "merchant_id": str(int(of.merchant_id)),
        "shop_id": str(int(of.shop.id)),
        "market": "us",
        "layer": "seller_coupon",
        "title": "Ten off",
        "code": "TEN",
        "amount_minor": 1_000,
        "starts_at": "2024-04-01T00:00:00Z",
        "ends_at": "2024-05-01T00:00:00Z",
        **more,
    }


def quoted(client: httpx.Client, of: filling.Shop, *codes: str) -> Any:
    return posted(client, "/shop/quotes", quote_body(of, coupon_codes=codes))


def test_a_coupon_is_on_the_order_that_it_made_cheaper(
    client: httpx.Client, owner: httpx.Client, of: filling.Shop
) -> None:
    made = posted(owner, "/coupons", coupon(of))
    quote = quoted(client, of, "TEN")
    placed = posted(client, "/shop/checkouts", checkout_body(quote["quote_id"]))
    [order] = placed["orders"]
    [line] = got(owner, f"/orders/{order['order_id']}")["lines"]

    assert made["state"] == "active"
    [[priced]] = [one["lines"] for one in quote["orders"]]
    assert (priced["list"]["minor"], priced["seller_discount"]["minor"]) == ("10000", "1000")
    assert line["seller_discount"] == {"minor": "1000", "currency": "USD"}
    assert placed["payment"]["amount"] == quote["total"] == line["payment"]
    # 90.00 instead of 100.00, and 8.25 % tax.
    assert [one["total"]["minor"] for one in (quote, quoted(client, of))] == ["9742", "10825"]


def test_its_last_use_goes_to_one_and_comes_back_with_a_cancellation(
    client: httpx.Client, owner: httpx.Client, of: filling.Shop
) -> None:
    posted(owner, "/coupons", coupon(of, limits={"total": 1}))
    first, second = (quoted(client, of, "TEN") for _ in range(2))
    placed = posted(client, "/shop/checkouts", checkout_body(first["quote_id"]))
    body = checkout_body(second["quote_id"])
    refused = client.post("/api/v1/shop/checkouts", json=body)
    path = f"/api/v1/shop/orders/{placed['orders'][0]['order_id']}/cancellation"
    cancelled = client.post(path, json={}, params={"token": placed["token"]})
    again = client.post("/api/v1/shop/checkouts", json=body)

    assert refused.status_code == 409, refused.text
    assert refused.json()["type"].startswith("/problems/")
    assert (cancelled.status_code, again.status_code) == (201, 201)
    assert again.json()["payment"]["amount"] == second["total"]


def test_a_code_that_is_not_there_or_not_yet_makes_nothing_cheaper(
    installation: Installation, client: httpx.Client, owner: httpx.Client, of: filling.Shop
) -> None:
    posted(owner, "/coupons", coupon(of, code="LATER", starts_at="2024-04-02T00:00:00Z"))
    before = [quoted(client, of, code)["total"]["minor"] for code in ("NOBODY", "LATER")]
    admin = as_(client, filling.person(installation.work, "operator-admin"))
    posted(admin, "/operations/clock/advance", {"days": 1})
    after = quoted(client, of, "LATER")["total"]["minor"]

    assert (before, after) == (["10825", "10825"], "9742")


def test_a_quote_says_of_each_code_why_it_makes_nothing_cheaper(
    client: httpx.Client, owner: httpx.Client, of: filling.Shop
) -> None:
    posted(owner, "/coupons", coupon(of))
    posted(owner, "/coupons", coupon(of, code="MUCH", min_spend_minor=20_000))
    quote = quoted(client, of, "TEN", "MUCH", "nobody")

    much, nobody = quote["unused_codes"]
    assert (much["code"], much["why"]) == ("MUCH", "below_minimum")
    assert (nobody["code"], nobody["why"]) == ("NOBODY", "not_valid")
    assert nobody["text"] == {
        "en": "This code is not valid for these goods now.",
        "zh-CN": "此优惠码目前不适用于这些商品。",
    }
    assert quoted(client, of, "TEN")["unused_codes"] == []


def test_a_coupon_is_its_merchants_to_make(
    installation: Installation, client: httpx.Client, owner: httpx.Client, of: filling.Shop
) -> None:
    posted(owner, "/coupons", coupon(of))
    taken = owner.post("/api/v1/coupons", json=coupon(of))
    other = as_(client, filling.person(installation.work, "merchant-owner"))
    foreign = other.post("/api/v1/coupons", json=coupon(of, code="MINE"))

    assert (taken.status_code, taken.json()["type"]) == (409, "/problems/code-taken")
    assert foreign.status_code == 404
    assert got(other, "/coupons")["items"] == []


def test_what_the_platform_shares_begins_when_the_merchant_accepts(
    installation: Installation, client: httpx.Client, owner: httpx.Client, of: filling.Shop
) -> None:
    admin = as_(client, filling.person(installation.work, "operator-admin"))
    whole = admin.post("/api/v1/coupons", json=coupon(of))
    made = posted(admin, "/coupons", coupon(of, seller_share_bp=4_000))
    before = quoted(client, of, "TEN")["total"]["minor"]
    theirs = admin.post(f"/api/v1/coupons/{made['id']}/accept")
    accepted = posted(owner, f"/coupons/{made['id']}/accept", {})
    quote = quoted(client, of, "TEN")

    assert (whole.status_code, whole.json()["type"]) == (403, "/problems/not-your-decision")
    assert (made["state"], before) == ("proposed", "10825")
    assert theirs.status_code == 403
    assert (accepted["state"], quote["total"]["minor"]) == ("active", "9742")
    [[priced]] = [one["lines"] for one in quote["orders"]]
    assert (priced["seller_discount"]["minor"], priced["platform_discount"]["minor"]) == (
        "400",
        "600",
    )
