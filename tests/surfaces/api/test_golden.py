"""One self-operated order in the US, from quote to paid-out statement, by API calls alone."""

import httpx

from tests import filling
from tests.conftest import Installation
from tests.surfaces.api.calling import as_, bought, got, posted


def test_from_quote_to_payout(installation: Installation, client: httpx.Client) -> None:
    of = filling.shop(installation.work, price_minor=10_000)
    owner = as_(client, filling.person(installation.work, "merchant-owner", of.merchant_id))
    admin = as_(client, filling.person(installation.work, "operator-admin"))
    finance = as_(client, filling.person(installation.work, "operator-finance"))
    account = {
        "payee_id": str(int(of.merchant_id)),
        "currency": "USD",
        "method": "sandbox",
        "holder": "A merchant",
        "number": "000123456789",
    }
    posted(owner, "/payout-accounts", account)

    [placed] = bought(client, of)["orders"]
    id = placed["order_id"]
    assert got(owner, f"/orders/{id}")["recipient"] is None  # The hour in which buyers are free.
    posted(admin, "/operations/clock/advance", {"days": 1})
    assert got(owner, f"/orders/{id}")["recipient"]["name"] == "Ann Buyer"
    sent = {"carrier": "usps", "tracking_number": "940011"}
    parcel = posted(owner, f"/orders/{id}/shipments", sent)
    posted(admin, f"/operations/shipments/{parcel['id']}/carrier-events", {"event": "delivered"})
    posted(admin, "/operations/clock/advance", {"days": 32})

    [statement] = got(owner, "/statements")["items"]
    lines = got(owner, f"/statements/{statement['id']}/lines")["items"]
    assert statement["claims"] == 1 and [line["order_id"] for line in lines] == [id]
    assert lines[0]["kind"] == "sale"
    posted(finance, "/operations/payout-runs")
    [payout] = got(owner, "/payouts")["items"]
    assert payout["state"] == "paid"
    assert payout["amount"] == statement["net"]
    assert got(owner, f"/payouts/{payout['id']}")["statements"] == [statement["id"]]
    for noun in (f"orders/{id}", f"statements/{statement['id']}", f"payouts/{payout['id']}"):
        assert got(owner, f"/{noun}/explanation")["agrees"] is True
    assert got(finance, "/operations/trial-balance")["differences"] == []
