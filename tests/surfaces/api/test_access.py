"""Every route × every kind of actor on a filled installation: nobody gets what is not theirs."""

import re
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from entrepot.contexts.aftersales import Kind, Role
from entrepot.contexts.orders import OrderId
from entrepot.flows.returning import OpenCase, open_cases
from entrepot.kernel.access import platform
from entrepot.kernel.problems import only
from entrepot.surfaces.api import application
from entrepot.surfaces.api.openapi import document
from tests import filling
from tests.conftest import Installation
from tests.contexts.files.pictures import picture
from tests.surfaces.api.calling import as_, bought, got, posted
from tests.surfaces.partner_api.conftest import authorised, registered

REFUSED = {401, 403, 404}
OPEN = {  # For everybody: it shows nothing that belongs to somebody.
    "check_out",
    "click",
    "close_session",
    "hear",
    "list_products",
    "open_session",
    "quote",
    "see_product",
    "who_am_i",
}
OWN = {  # Lists and wishes that are empty or refused for lack of own rows.
    "my_orders",
}
FOR_ALL_SIGNED_IN = {"list_locations", "read_clock", "rotate_session"}


@dataclass(frozen=True)
class Filled:
    """A merchant's life so far, by the ids that stand in its routes and bodies."""

    ids: dict[str, str]
    secrets: frozenset[str]  # What no foreigner may read in any answer.


@pytest.fixture
def of(installation: Installation) -> filling.Shop:
    return filling.shop(installation.work)


@pytest.fixture
def filled(installation: Installation, client: httpx.Client, of: filling.Shop) -> Filled:
    owner = as_(client, filling.person(installation.work, "merchant-owner", of.merchant_id))
    admin = as_(client, filling.person(installation.work, "operator-admin"))
    merchant, shop = str(int(of.merchant_id)), str(int(of.shop.id))
    account = {"payee_id": merchant, "currency": "USD", "method": "sandbox"}
    posted(owner, "/payout-accounts", {**account, "holder": "A merchant", "number": "1234567"})
    plan = filling.plan(installation.work, of)
    offer = {
        "merchant_id": merchant,
        "shop_id": shop,
        "market": "us",
        "layer": "seller_coupon",
        "title": "Ten off",
        "code": "TEN",
        "amount_minor": 1000,
        "starts_at": "2024-04-01T12:00:00Z",
        "ends_at": "2024-05-01T00:00:00Z",
    }
    coupon = posted(owner, "/coupons", offer)
    token = posted(
        owner, "/tokens", {"organisation_id": merchant, "name": "ERP", "scopes": ["order:read"]}
    )
    wish = {"merchant_id": merchant, "shop_name": "Second", "market": "gb"}
    kind = {"mode": "self-operated", "seller_type": "cross_border"}
    application_ = posted(owner, "/applications", {**wish, **kind})
    [placed] = bought(client, of)["orders"]
    posted(admin, "/operations/clock/advance", {"days": 1})
    order = placed["order_id"]
    sent = {"carrier": "usps", "tracking_number": "940011"}
    parcel = posted(owner, f"/orders/{order}/shipments", sent)
    posted(admin, f"/operations/shipments/{parcel['id']}/carrier-events", {"event": "delivered"})
    posted(admin, "/operations/clock/advance", {"days": 32})
    [statement] = got(owner, "/statements")["items"]
    [payout] = got(owner, "/payouts")["items"]
    [position] = got(owner, "/stock")["items"]
    [listing] = got(owner, "/listings")["items"]
    hold = posted(admin, f"/orders/{order}/holds", {"reason": "odd"})
    app = registered(installation.work)
    allowed = authorised(installation.work, app, of.merchant_id)
    case = opened_case(installation, client, (owner, admin), of)
    shown = owner.post(
        f"/api/v1/cases/{case}/evidence-files",
        content=picture(300, 200),
        headers={"content-type": "application/octet-stream"},
    )
    agreement = posted(
        admin,
        "/supply-agreements",
        {
            "supplier_id": merchant,
            "sku_id": str(int(of.skus[0])),
            "market": "us",
            "basis": "supply_price_on_sale",
            "currency": "USD",
            "unit_minor": 4000,
            "from_on": "2024-04-01",
        },
    )
    own = {"code": "OWN", "name": "Own", "country": "US", "keeper_id": merchant}
    clerk = filling.person(installation.work, "merchant-staff", of.merchant_id)
    provider = filling.person(installation.work, "provider-staff")
    to = {"from_id": merchant, "to_id": str(int(provider.organisation_id))}
    grant = posted(owner, "/grants", {**to, "permissions": ["order:read"], "days": 30})
    ids = {
        "agreement_id": agreement["id"],
        "app_id": str(int(app.id)),
        "application_id": application_["id"],
        "authorisation_id": str(int(allowed.authorisation.id)),
        "case_id": case,
        "file_id": shown.json()["file_id"],
        "grant_id": grant["id"],
        "group_id": got(owner, f"/orders/{order}")["group_id"],
        "hold_id": hold["id"],
        "listing_id": listing["id"],
        "location_id": posted(owner, "/operations/locations", own)["id"],
        "merchant_id": merchant,
        "order_id": order,
        "organisation_id": merchant,
        "parcel_id": parcel["id"],
        "payout_id": payout["id"],
        "person_id": str(int(clerk.person_id)),
        "plan_id": str(int(plan.id)),
        "position_id": position["id"],
        "role": "merchant-staff",
        "product_id": str(int(of.products[0].id)),
        "promotion_id": coupon["id"],
        "shop_id": shop,
        "statement_id": statement["id"],
        "token_id": token["id"],
    }
    hidden = set(ids) - {"product_id", "shop_id", "listing_id", "plan_id", "role"}
    return Filled(ids, frozenset(ids[name] for name in hidden))


def opened_case(
    installation: Installation,
    client: httpx.Client,
    people: tuple[httpx.Client, httpx.Client],
    of: filling.Shop,
) -> str:
    """A buyer's case about an order of its own, so that its hold settles nothing else later."""
    owner, admin = people
    [placed] = bought(client, of)["orders"]
    order = placed["order_id"]
    posted(admin, "/operations/clock/advance", {"days": 1})
    sent = {"carrier": "usps", "tracking_number": "940012"}
    parcel = posted(owner, f"/orders/{order}/shipments", sent)
    posted(admin, f"/operations/shipments/{parcel['id']}/carrier-events", {"event": "delivered"})
    wish = OpenCase(
        order_id=OrderId(order), kind=Kind.REFUND, role=Role.BUYER, reason="damaged", units={1: 1}
    )
    case = installation.work.run(
        lambda _: platform("test"), "test.case", lambda tx: only(open_cases(tx, [wish]))
    )
    return str(int(case.id))


def routes() -> list[tuple[str, str, str, Any]]:
    """Name, verb, path and body of every route, the body filled by the schema's example."""
    described = document(application.bare())
    schemas = described["components"]["schemas"]
    found = []
    for path, operations in described["paths"].items():
        for verb, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            reference = (content or {}).get("schema", {}).get("$ref", "")
            examples = schemas.get(reference.split("/")[-1], {}).get("examples", [{}])
            raw = operation.get("requestBody", {}).get("content", {}).keys() - {"application/json"}
            found.append((operation["operationId"], verb, path, b"bytes" if raw else examples[0]))
    return found


def aimed(value: Any, filled: Filled, of: filling.Shop) -> Any:
    """A body whose ids are those of the foreign merchant."""
    ids = {
        **filled.ids,
        "sku_id": str(int(of.skus[0])),
        "location_id": str(int(of.location.id)),
        "from_id": filled.ids["merchant_id"],
        "payee_id": filled.ids["merchant_id"],
        "owner_id": filled.ids["merchant_id"],
    }
    if isinstance(value, dict):
        return {
            key: ids[key] if key in ids and isinstance(inner, str) else aimed(inner, filled, of)
            for key, inner in value.items()
        }
    return [aimed(inner, filled, of) for inner in value] if isinstance(value, list) else value


def swept(who: httpx.Client, filled: Filled, of: filling.Shop) -> dict[str, httpx.Response]:
    """The answer of every route to somebody who aims at the merchant's things."""
    answers = {}
    for name, verb, path, body in routes():
        place = re.sub(r"{(\w+)}", lambda part: {**OTHERS, **filled.ids}[part[1]], path)
        by_market = "/shop/products" in path or path.endswith("/briefs")
        query = {"market": "us"} if by_market else {}
        if isinstance(body, bytes):
            answers[name] = who.request(verb, place, content=body, params=query)
            continue
        json_ = aimed(body, filled, of) if verb in {"post", "put"} else None
        answers[name] = who.request(verb, place, json=json_, params=query)
    return answers


def leaks(answers: dict[str, httpx.Response], filled: Filled) -> dict[str, list[str]]:
    """Ids of the merchant's things in answers that succeed."""
    return {
        name: sorted(secret for secret in filled.secrets if f'"{secret}"' in answer.text)
        for name, answer in answers.items()
        if answer.is_success and any(f'"{s}"' in answer.text for s in filled.secrets)
    }


def test_a_guest(client: httpx.Client, filled: Filled, of: filling.Shop) -> None:
    answers = swept(client, filled, of)
    reached = {name for name, answer in answers.items() if answer.status_code not in REFUSED}

    assert reached <= OPEN
    assert leaks(answers, filled) == {}


@pytest.mark.parametrize("role", ["merchant-owner", "creator", "provider-staff"])
def test_a_foreigner(
    installation: Installation,
    client: httpx.Client,
    filled: Filled,
    of: filling.Shop,
    role: str,
) -> None:
    who = as_(client, filling.person(installation.work, role))
    answers = swept(who, filled, of)
    lists = {name for name in answers if name.startswith(("list_", "read_audit"))}
    reached = {name for name, answer in answers.items() if answer.status_code not in REFUSED}
    allowed = OPEN | OWN | FOR_ALL_SIGNED_IN | lists

    assert reached - allowed == set()
    assert leaks(answers, filled) == {}


OTHERS = {
    "currency": "VND",
    "day_on": "2024-04-01",
    "provider": "sandbox",
    # Of things that nobody has here: their own tests have strangers.
    **dict.fromkeys(("appeal_id", "brief_id", "delivery_id", "submission_id"), "1"),
}
CHANGES = {"post", "put", "delete"}
MAY_CHANGE: dict[str, set[str]] = {
    "merchant-finance": {"set_account"},
    "operator-finance": {
        "run_settlement",
        "run_payouts",
        "set_exchange_rate",
        "set_reserve_level",
        "set_standing",
    },
    "operator-finance-approver": {
        "approve_payout",
        "book_bank_line",
        "retry_payout",
        "return_payout",
        "stop_payout",
    },
}


@pytest.mark.parametrize("role", sorted(MAY_CHANGE))
def test_a_role_changes_no_more_than_it_may(
    installation: Installation,
    client: httpx.Client,
    filled: Filled,
    of: filling.Shop,
    role: str,
) -> None:
    within = of.merchant_id if role.startswith("merchant") else None
    who = as_(client, filling.person(installation.work, role, within))
    answers = swept(who, filled, of)
    verbs = {name: verb for name, verb, _, _ in routes()}
    changed = {
        name
        for name, answer in answers.items()
        if verbs[name] in CHANGES and answer.status_code not in REFUSED
    }

    assert changed - OPEN - FOR_ALL_SIGNED_IN <= MAY_CHANGE[role]


def test_what_was_refused_is_audited(
    installation: Installation, client: httpx.Client, filled: Filled, of: filling.Shop
) -> None:
    clerk = filling.person(installation.work, "merchant-finance", of.merchant_id)
    sent = {"carrier": "usps", "tracking_number": "1"}
    path = f"/api/v1/orders/{filled.ids['order_id']}/shipments"
    refused = as_(client, clerk).post(path, json=sent)
    admin = as_(client, filling.person(installation.work, "operator-admin"))

    assert refused.status_code == 403
    [denied] = [
        row
        for row in got(admin, "/operations/audit")["items"]
        if row["action"] == "denied.hand_over"
    ]
    assert denied["outcome"] == "refused"


def test_a_token_does_no_more_than_its_scopes(
    installation: Installation, client: httpx.Client, of: filling.Shop
) -> None:
    owner = as_(client, filling.person(installation.work, "merchant-owner", of.merchant_id))
    asked = {"organisation_id": str(int(of.merchant_id)), "name": "ERP", "scopes": ["order:read"]}
    issued = posted(owner, "/tokens", asked)
    headers = {"Authorization": f"Bearer {issued['secret']}"}
    bought(client, of)

    assert len(client.get("/api/v1/orders", headers=headers).json()["items"]) == 1
    assert client.get("/api/v1/stock", headers=headers).json()["items"] == []
    assert owner.delete(f"/api/v1/tokens/{issued['id']}").status_code == 200
    assert client.get("/api/v1/orders", headers=headers).status_code == 401


def test_sessions_end(installation: Installation, client: httpx.Client) -> None:
    somebody = filling.shopper(installation.work)
    body = {"email": somebody.email, "password": filling.PASSWORD}
    opened = client.post("/api/v1/sessions", json=body)
    cookie = opened.headers["set-cookie"].lower()
    rotated = client.post("/api/v1/sessions/rotation", json={})
    old = {"Authorization": f"Bearer {opened.json()['token']}"}
    bare = httpx.Client(base_url=client.base_url)

    assert "httponly" in cookie and "samesite=strict" in cookie
    assert client.get("/api/v1/me").json()["person_id"] == str(int(somebody.person_id))
    assert rotated.status_code == 201
    assert bare.get("/api/v1/me", headers=old).status_code == 401
    assert client.delete("/api/v1/sessions").status_code == 204
    assert client.get("/api/v1/me").json()["person_id"] is None


def test_sign_ins_are_counted(installation: Installation, client: httpx.Client) -> None:
    somebody = filling.shopper(installation.work)
    wrong = {"email": somebody.email, "password": "wrong wrong wrong"}
    answers = [client.post("/api/v1/sessions", json=wrong) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
