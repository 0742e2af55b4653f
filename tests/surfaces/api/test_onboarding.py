"""From a draft to a shop in probation, over HTTP, with what had to be put right on the way."""

from typing import Any

import httpx
import pytest

from tests import filling
from tests.conftest import Installation
from tests.surfaces.api.calling import as_, got, posted

USCC = "91110000600037341L"  # The example in python-stdnum's own documentation.


@pytest.fixture
def owner(installation: Installation, client: httpx.Client) -> tuple[httpx.Client, str]:
    """Somebody of a merchant that has no shop yet."""
    somebody = filling.person(installation.work, "merchant-owner")
    return as_(client, somebody), str(int(somebody.organisation_id))


@pytest.fixture
def decider(installation: Installation, client: httpx.Client) -> httpx.Client:
    return as_(client, filling.person(installation.work, "account-manager"))


def drafted(owner: tuple[httpx.Client, str]) -> str:
    who, merchant = owner
    wish = {"merchant_id": merchant, "shop_name": "Lanterns", "market": "us"}
    wish |= {"mode": "self-operated", "seller_type": "cross_border"}
    draft = posted(who, "/applications", wish)
    assert (draft["state"], draft["shop_id"], draft["corrections"]) == ("draft", None, [])
    return f"/applications/{draft['id']}"


def declared(owner: tuple[httpx.Client, str], number: str = USCC) -> httpx.Response:
    who, merchant = owner
    person = got(who, "/me")["person_id"]
    company = {
        "legal_name": "Lantern Works Ltd",
        "country": "CN",
        "number_kind": "cn_uscc",
        "number": number,
        "register_number": "HR 7",
        "representative_id": person,
        "contact_id": person,
        "payment_account": "account 7",
        "self_certifies": True,
    }
    return who.put(f"/api/v1/merchants/{merchant}/company", json=company)


def filed(owner: tuple[httpx.Client, str], kind: str, expires_on: str | None = None) -> Any:
    who, merchant = owner
    document = {"kind": kind, "number": "L 1", "country": "CN", "file": "file 1"}
    return posted(who, f"/merchants/{merchant}/documents", {**document, "expires_on": expires_on})


def decided(who: httpx.Client, path: str, decision: str, **more: Any) -> Any:
    return posted(who, f"{path}/decisions", {"decision": decision, **more})


def test_a_draft_is_corrected_and_becomes_a_shop_in_probation(
    owner: tuple[httpx.Client, str], decider: httpx.Client
) -> None:
    who, merchant = owner
    path = drafted(owner)
    early = who.post(f"/api/v1{path}/submission")
    assert declared(owner).status_code == 200
    filed(owner, "licence", expires_on="2024-03-31")
    filed(owner, "representative_id")
    submitted = posted(who, f"{path}/submission")
    sent_back = decided(decider, path, "review")
    filed(owner, "licence", expires_on="2025-03-31")
    again = posted(who, f"{path}/submission")
    reviewed = decided(decider, path, "review")
    opened = decided(decider, path, "approve")

    assert early.json()["type"] == "/problems/application-incomplete"
    assert [one["state"] for one in (submitted, sent_back, again, reviewed, opened)] == [
        "submitted",
        "needs_correction",
        "submitted",
        "in_review",
        "opened",
    ]
    [correction] = sent_back["corrections"]
    assert correction["finding"]["reason"] == "document-expired"
    assert correction["finding"]["field"] == "documents.licence"
    assert sent_back["due_at"] == correction["due_at"] == "2024-04-15T12:00:00Z"
    assert again["corrections"][0]["answered_at"] == "2024-04-01T12:00:00Z"
    [shop] = got(who, "/shops")["items"]
    assert (shop["id"], shop["merchant_id"]) == (opened["shop_id"], merchant)
    assert (shop["state"], shop["stage"]) == ("probation", "beginner")


def test_an_operator_sends_back_and_rejects(
    owner: tuple[httpx.Client, str], decider: httpx.Client
) -> None:
    who, _ = owner
    path = drafted(owner)
    declared(owner)
    for kind in ("licence", "representative_id"):
        filed(owner, kind)
    posted(who, f"{path}/submission")
    refused = who.post(f"/api/v1{path}/decisions", json={"decision": "approve"})
    decided(decider, path, "review")
    finding = {"reason": "document-unreadable", "field": "documents.licence", "note": "too dark"}
    back = decided(decider, path, "send_back", findings=[finding])
    filed(owner, "licence")
    posted(who, f"{path}/submission")
    decided(decider, path, "review")
    rejected = decided(decider, path, "reject", reason="a copy of another shop")
    late = decider.post(f"/api/v1{path}/decisions", json={"decision": "approve"})

    assert refused.status_code == 403
    assert [one["finding"] for one in back["corrections"]] == [finding]
    assert (rejected["state"], rejected["shop_id"]) == ("rejected", None)
    assert late.status_code == 409 and late.json()["type"] == "/problems/illegal-move"
    assert got(who, "/shops")["items"] == []


def test_others_neither_see_nor_touch_an_application(
    installation: Installation, client: httpx.Client, owner: tuple[httpx.Client, str]
) -> None:
    path = drafted(owner)
    other = as_(client, filling.person(installation.work, "merchant-owner"))
    calls = [
        other.get(f"/api/v1{path}"),
        other.post(f"/api/v1{path}/submission"),
        other.put(
            f"/api/v1/merchants/{owner[1]}/company",
            json={"legal_name": "X", "country": "CN", "number_kind": "cn_uscc", "number": USCC},
        ),
    ]

    assert [call.status_code for call in calls] == [404, 404, 404]
    assert got(other, "/applications")["items"] == []
    assert got(owner[0], path)["state"] == "draft"
