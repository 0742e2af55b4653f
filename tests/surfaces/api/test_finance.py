"""Finance and risk act by hand, over HTTP: rates, what waits, the bank's statement, holds."""

from typing import Any

import httpx

from tests import filling
from tests.conftest import Installation
from tests.surfaces.api.calling import as_, bought, got, posted


def delivered(installation: Installation, client: httpx.Client, currency: str) -> dict[str, Any]:
    """An order delivered on its second day, its merchant paid in a currency; who acts, by role."""
    of = filling.shop(installation.work)
    roles = ("operator-admin", "operator-finance", "operator-finance-approver", "risk")
    who: dict[str, Any] = {
        role: as_(client, filling.person(installation.work, role)) for role in roles
    }
    owner = as_(client, filling.person(installation.work, "merchant-owner", of.merchant_id))
    merchant = str(int(of.merchant_id))
    account = {"payee_id": merchant, "currency": currency, "method": "sandbox"}
    posted(owner, "/payout-accounts", {**account, "holder": "A merchant", "number": "1"})
    [placed] = bought(client, of)["orders"]
    admin, order = who["operator-admin"], placed["order_id"]
    posted(admin, "/operations/clock/advance", {"days": 1})
    sent = {"carrier": "usps", "tracking_number": "940011"}
    parcel = posted(owner, f"/orders/{order}/shipments", sent)
    posted(admin, f"/operations/shipments/{parcel['id']}/carrier-events", {"event": "delivered"})
    return {**who, "owner": owner, "order": order, "merchant": merchant}


def test_a_payout_waits_for_its_rate(installation: Installation, client: httpx.Client) -> None:
    world = delivered(installation, client, "VND")
    admin, owner, finance = world["operator-admin"], world["owner"], world["operator-finance"]
    posted(admin, "/operations/clock/advance", {"days": 32})
    [statement] = got(owner, "/statements")["items"]
    [wait] = got(owner, "/waiting-payouts")
    day = statement["stated_on"]
    body = {"per_euro": "27000.5", "source": "our bank"}
    set_ = finance.put(f"/api/v1/exchange-rates/VND/{day}", json=body)
    refused = owner.put(f"/api/v1/exchange-rates/VND/{day}", json=body)
    metrics = client.get("/metrics").text
    run = posted(finance, "/operations/settlement-runs")

    assert wait["lacks"] == "no-exchange-rate" and wait["amount"] == statement["net"]
    assert got(owner, f"/statements/{statement['id']}")["waits_for"] is None
    assert (set_.json()["per_euro"], refused.status_code) == ("27000.5", 403)
    assert 'entrepot_payouts_waiting{lacks="no-exchange-rate"} 1.0' in metrics
    assert (run["waiting"], got(owner, "/waiting-payouts")) == (0, [])
    [payout] = got(owner, "/payouts")["items"]
    assert payout["payout"]["currency"] == "VND" and "our bank" in payout["rate"]["source"]
    assert [row["day_on"] for row in got(finance, "/exchange-rates")] == [day]


def test_the_bank_sends_money_back(installation: Installation, client: httpx.Client) -> None:
    world = delivered(installation, client, "USD")
    admin, owner = world["operator-admin"], world["owner"]
    approver = world["operator-finance-approver"]
    posted(admin, "/operations/clock/advance", {"days": 32})
    posted(admin, "/operations/payout-runs")
    [payout] = got(owner, "/payouts")["items"]
    path = f"/payouts/{payout['id']}/return"
    refused = owner.post(f"/api/v1{path}", json={"reason": "closed"})
    back = posted(approver, path, {"reason": "account closed"})
    again = approver.post(f"/api/v1{path}", json={"reason": "account closed"})

    assert (payout["state"], back["state"], back["reason"]) == (
        "paid",
        "returned",
        "account closed",
    )
    assert (refused.status_code, again.status_code) == (403, 409)
    assert got(admin, "/operations/trial-balance")["differences"] == []


def test_what_only_the_bank_knows_is_booked(
    installation: Installation, client: httpx.Client
) -> None:
    world = delivered(installation, client, "VND")  # No payout is made: there is no rate.
    admin, owner = world["operator-admin"], world["owner"]
    posted(admin, "/operations/clock/advance", {"days": 32})
    [statement] = got(owner, "/statements")["items"]
    line = {
        "payee_id": world["merchant"],
        "currency": "USD",
        "paid_minor": 2_500_000,
        "paid_currency": "VND",
        "reference": "BANK-77",
        "paid_at": statement["due_at"],
        "statements": [statement["id"]],
    }
    refused = admin.post("/api/v1/bank-lines", json=line)
    booked = posted(world["operator-finance-approver"], "/bank-lines", line)
    again = world["operator-finance-approver"].post("/api/v1/bank-lines", json=line)

    assert (booked["state"], booked["statements"]) == ("paid", [statement["id"]])
    assert (refused.status_code, again.json()["type"]) == (403, "/problems/already-booked")
    assert got(owner, f"/payouts/{booked['id']}/explanation")["agrees"] is True
    assert got(admin, "/operations/trial-balance")["differences"] == []


def test_claims_are_held_and_let_go(installation: Installation, client: httpx.Client) -> None:
    world = delivered(installation, client, "USD")
    admin, owner, risk = world["operator-admin"], world["owner"], world["risk"]
    path = f"/orders/{world['order']}/holds"
    hold = posted(risk, path, {"reason": "odd buyer"})
    posted(admin, "/operations/clock/advance", {"days": 32})
    held = got(owner, "/statements")["items"]
    refused = owner.post(f"/api/v1{path}", json={"reason": "x"})
    freed = posted(risk, f"{path}/{hold['id']}/release", {"reason": "it was fine"})
    posted(admin, "/operations/clock/advance", {"days": 2})

    assert (held, refused.status_code) == ([], 403)
    assert freed["note"] == "odd buyer / it was fine" and freed["closed_at"]
    assert len(got(owner, "/statements")["items"]) == 1
    assert [row["id"] for row in got(risk, path)] == [hold["id"]]


def test_supply_is_agreed_on(installation: Installation, client: httpx.Client) -> None:
    of = filling.shop(installation.work)
    buyer = as_(client, filling.person(installation.work, "category-buyer"))
    supplier = filling.person(installation.work, "merchant-owner")
    theirs, other = as_(client, supplier), as_(client, filling.person(installation.work, "creator"))
    wish = {
        "supplier_id": str(int(supplier.organisation_id)),
        "sku_id": str(int(of.skus[0])),
        "market": "us",
        "basis": "supply_price_on_sale",
        "currency": "USD",
        "unit_minor": 4_000,
        "from_on": "2024-04-01",
    }
    key = {"Idempotency-Key": "a1"}
    made, again = (
        buyer.post("/api/v1/supply-agreements", json=wish, headers=key).json() for _ in range(2)
    )
    path = f"/supply-agreements/{made['id']}"
    begun = buyer.post(f"/api/v1{path}/prices", json={"unit_minor": 1, "from_on": "2024-04-01"})
    priced = posted(buyer, f"{path}/prices", {"unit_minor": 4_200, "from_on": "2024-05-01"})
    refused = theirs.post(f"/api/v1{path}/end", json={"last_on": "2024-06-30"})
    nobody = buyer.post("/api/v1/supply-agreements", json={**wish, "supplier_id": "7"})
    ended = posted(buyer, f"{path}/end", {"last_on": "2024-06-30"})

    assert again == made and [row["id"] for row in got(theirs, "/supply-agreements")["items"]] == [
        made["id"]
    ]
    assert (begun.status_code, refused.status_code, nobody.status_code) == (409, 403, 409)
    assert [row["unit_minor"] for row in priced["prices"]] == ["4000", "4200"]
    assert ended["ended_on"] == "2024-06-30"
    assert other.get(f"/api/v1{path}").status_code == 404
