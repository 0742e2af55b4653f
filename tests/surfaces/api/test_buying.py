"""From a quote to orders, over HTTP: once, and for nobody else."""

import httpx

from tests import filling
from tests.conftest import Installation
from tests.surfaces.api.calling import BUYER, as_, bought, checkout_body, got, posted, quote_body


def test_a_guest_buys(installation: Installation, client: httpx.Client) -> None:
    of = filling.shop(installation.work, price_minor=10_000)
    quote = posted(client, "/shop/quotes", quote_body(of, 2))
    placed = posted(client, "/shop/checkouts", checkout_body(quote["quote_id"]))

    assert quote["orders"][0]["lines"][0]["list"] == {"minor": "20000", "currency": "USD"}
    assert placed["payment"]["state"] == "captured"
    assert placed["payment"]["amount"] == quote["total"]
    assert [order["state"] for order in placed["orders"]] == ["on_hold"]


def test_the_same_checkout_twice_is_one(installation: Installation, client: httpx.Client) -> None:
    of = filling.shop(installation.work)
    quote = posted(client, "/shop/quotes", quote_body(of))
    body = checkout_body(quote["quote_id"])
    first, again = (posted(client, "/shop/checkouts", body) for _ in range(2))
    other = {**body, "buyer": {**BUYER, "name": "Bob Other"}}
    foreign = client.post("/api/v1/shop/checkouts", json=other)

    assert again == first
    assert foreign.status_code == 422
    assert foreign.json()["type"] == "/problems/idempotency-key-reused"


def test_another_method_after_a_decline(installation: Installation, client: httpx.Client) -> None:
    of = filling.shop(installation.work)
    quote = posted(client, "/shop/quotes", quote_body(of))
    id = quote["quote_id"]
    declined = posted(client, "/shop/checkouts", checkout_body(id, "sandbox-decline"))
    paid = posted(client, "/shop/checkouts", checkout_body(id, "sandbox-ok"))

    assert declined["payment"]["state"] == "declined"
    assert [order["state"] for order in declined["orders"]] == ["unpaid"]
    assert paid["payment"]["state"] == "captured"
    assert [order["state"] for order in paid["orders"]] == ["on_hold"]


def test_a_link_opens_one_purchase(installation: Installation, client: httpx.Client) -> None:
    of = filling.shop(installation.work)
    mine, other = bought(client, of), bought(client, of)
    [order], [foreign] = mine["orders"], other["orders"]
    token = {"token": mine["token"]}

    group = client.get(mine["link"]).json()
    detail = got(client, f"/shop/orders/{order['order_id']}", **token)
    refused = client.get(f"/api/v1/shop/orders/{foreign['order_id']}", params=token)
    bare = client.get(f"/api/v1/shop/orders/{order['order_id']}")
    forged = client.get(
        f"/api/v1/shop/orders/{order['order_id']}", params={"token": mine["token"][:-1] + "x"}
    )

    assert [each["id"] for each in group["orders"]] == [order["order_id"]]
    assert detail["recipient"]["email"] == BUYER["email"]
    assert [refused.status_code, bare.status_code, forged.status_code] == [404, 404, 404]


def test_a_guest_cancels_once(installation: Installation, client: httpx.Client) -> None:
    of = filling.shop(installation.work, stock=1)
    placed = bought(client, of)
    path = f"/api/v1/shop/orders/{placed['orders'][0]['order_id']}/cancellation"
    ask = {"params": {"token": placed["token"]}, "headers": {"Idempotency-Key": "k1"}}
    first = client.post(path, json={}, **ask)  # type: ignore[arg-type]
    again = client.post(path, json={}, **ask)  # type: ignore[arg-type]
    other = client.post(path, json={"units": {"1": 1}}, **ask)  # type: ignore[arg-type]

    assert first.status_code == 201 and first.json()["order"]["state"] == "cancelled"
    assert again.json() == first.json()
    assert other.status_code == 422
    assert bought(client, of)["payment"]["state"] == "captured"  # The one unit is free again.


def test_a_persons_quote_is_theirs(installation: Installation, client: httpx.Client) -> None:
    of = filling.shop(installation.work)
    ann, bob = (as_(client, filling.shopper(installation.work)) for _ in range(2))
    quote = posted(ann, "/shop/quotes", quote_body(of))
    body = checkout_body(quote["quote_id"])
    refused = [who.post("/api/v1/shop/checkouts", json=body).status_code for who in (bob, client)]
    posted(ann, "/shop/checkouts", body)

    assert refused == [404, 404]
    assert len(got(ann, "/shop/orders")["items"]) == 1
    assert got(bob, "/shop/orders")["items"] == []


def test_sold_out_is_an_answer(installation: Installation, client: httpx.Client) -> None:
    of = filling.shop(installation.work, stock=1)
    first, second = (posted(client, "/shop/quotes", quote_body(of)) for _ in range(2))
    posted(client, "/shop/checkouts", checkout_body(first["quote_id"]))
    refused = client.post("/api/v1/shop/checkouts", json=checkout_body(second["quote_id"]))

    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/sold-out"
    assert refused.headers["content-type"] == "application/problem+json"


def test_an_address_must_be_the_quotes(installation: Installation, client: httpx.Client) -> None:
    of = filling.shop(installation.work)
    quote = posted(client, "/shop/quotes", quote_body(of))
    body = checkout_body(quote["quote_id"])
    elsewhere = {**body, "address": {**body["address"], "region": "TX"}}
    refused = client.post("/api/v1/shop/checkouts", json=elsewhere)

    assert refused.status_code == 409 and refused.json()["field"] == "address"


def test_a_click_brings_its_creator_the_rate(
    installation: Installation, client: httpx.Client
) -> None:
    of = filling.shop(installation.work)
    filling.plan(installation.work, of, rate_bp=1_000)
    creator = filling.person(installation.work, "creator")
    click = {
        "content": "video-1",
        "creator_id": str(int(creator.organisation_id)),
        "product_id": str(int(of.products[0].id)),
        "shop_id": str(int(of.shop.id)),
    }
    token = posted(client, "/shop/clicks", click)["click"]
    forged = client.post("/api/v1/shop/quotes", json=quote_body(of, click=token[:-2] + "xx"))
    quote = posted(client, "/shop/quotes", quote_body(of, click=token))

    assert forged.status_code == 422
    assert posted(client, "/shop/checkouts", checkout_body(quote["quote_id"]))["orders"]


def test_a_payment_is_tried_again_by_the_link(
    installation: Installation, client: httpx.Client
) -> None:
    of = filling.shop(installation.work)
    quote = posted(client, "/shop/quotes", quote_body(of))
    placed = posted(client, "/shop/checkouts", checkout_body(quote["quote_id"], "sandbox-decline"))
    path, body = f"/shop/order-groups/{placed['order_group_id']}/payment", {"method": "sandbox-ok"}
    merchant = as_(client, filling.person(installation.work, "merchant-owner", of.merchant_id))
    refused = [who.post(f"/api/v1{path}", json=body) for who in (client, merchant)]
    paid, again = (posted(client, f"{path}?token={placed['token']}", body) for _ in range(2))

    assert [answer.status_code for answer in refused] == [404, 404]
    assert (placed["payment"]["state"], paid["payment"]["state"]) == ("declined", "captured")
    assert [order["state"] for order in paid["orders"]] == ["on_hold"]
    assert again == paid


def test_what_nobody_paid_is_cancelled_and_stays_so(
    installation: Installation, client: httpx.Client
) -> None:
    of = filling.shop(installation.work, stock=1)
    buyer = as_(client, filling.shopper(installation.work))
    admin = as_(client, filling.person(installation.work, "operator-admin"))
    quote = posted(buyer, "/shop/quotes", quote_body(of))
    placed = posted(buyer, "/shop/checkouts", checkout_body(quote["quote_id"], "sandbox-decline"))
    posted(admin, "/operations/clock/advance", {"days": 2})
    path = f"/shop/order-groups/{placed['order_group_id']}"
    shown = got(buyer, path)
    late = posted(buyer, f"{path}/payment", {"method": "sandbox-ok"})

    assert shown["payment"]["state"] == "cancelled"
    assert [order["state"] for order in shown["orders"]] == ["cancelled"]
    assert late == shown, "nothing is asked of the provider any more"
    assert bought(client, of)["payment"]["state"] == "captured"  # The one unit is free again.
