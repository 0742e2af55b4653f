"""Cases over HTTP: the buyer by a link, the merchant, the operator, and nobody else."""

import io
from typing import Any

import httpx
import pytest
from PIL import Image
from sqlalchemy import text

from entrepot.contexts.orders import OrderId
from tests import filling
from tests.conftest import Installation
from tests.living import Life
from tests.surfaces.api.calling import as_, bought, got

TRACES = text("select count(*), string_agg(state, ',' order by id) from aftersales.cases")
RECORDS = text("select count(*) from aftersales.case_records")


@pytest.fixture
def life(installation: Installation) -> Life:
    return Life(installation.work)


@pytest.fixture
def of(installation: Installation) -> filling.Shop:
    return filling.shop(installation.work, price_minor=10_000)


class Sides:
    """One delivered order, its buyer by a link, and people on every side."""

    def __init__(self, client: httpx.Client, life: Life, of: filling.Shop) -> None:
        placed = bought(client, of, 2)
        self.order = str(placed["orders"][0]["order_id"])
        life.on(1)
        life.deliver(life.hand_over(OrderId(int(self.order))))
        self.guest, self.link = client, {"token": placed["token"]}
        self.merchant = as_(client, filling.person(life.work, "merchant-owner", of.merchant_id))
        self.foreign = as_(client, filling.person(life.work, "merchant-owner"))
        self.operator = as_(client, filling.person(life.work, "operator-admin"))

    def buyer(self, path: str, **body: Any) -> httpx.Response:
        """What the buyer does by the link."""
        return self.guest.post(f"/api/v1/shop{path}", params=self.link, json=body)

    def opened(self, kind: str, **more: Any) -> str:
        """A case about one unit."""
        body = {"kind": kind, "reason": "damaged", "units": {"1": 1}, **more}
        answer = self.buyer(f"/orders/{self.order}/cases", **body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["case_id"])


@pytest.fixture
def sides(client: httpx.Client, life: Life, of: filling.Shop) -> Sides:
    return Sides(client, life, of)


def does(who: httpx.Client, path: str, **body: Any) -> httpx.Response:
    return who.post(f"/api/v1{path}", json=body)


def traces(life: Life) -> tuple[Any, ...]:
    return life.do(lambda tx: (*tx.sql.execute(TRACES).one(), tx.sql.execute(RECORDS).scalar_one()))


def test_a_buyer_asks_by_the_link(sides: Sides) -> None:
    options = got(sides.guest, f"/shop/orders/{sides.order}/case-options", **sides.link)
    assert {(one["kind"], one["most"], one["why"]) for one in options} == {
        ("refund", 2, None),
        ("return_and_refund", 2, None),
        ("replacement", 2, None),
    }
    case = sides.opened("refund", note="torn")
    seen = got(sides.guest, f"/shop/cases/{case}", **sides.link)
    assert seen["asked"] == {"minor": "10825", "currency": "USD"}
    assert seen["can"] == ["withdraw"]
    assert [(one["verb"], one["note"]) for one in seen["records"]] == [("open", "torn")]
    done = sides.buyer(f"/cases/{case}/withdrawal")
    assert (done.status_code, done.json()["state"]) == (201, "closed")


def test_a_buyer_shows_own_pictures(sides: Sides, life: Life) -> None:
    path, drawn = f"/api/v1/shop/orders/{sides.order}/evidence-files", picture(1)
    handed = sides.guest.post(path, params=sides.link, content=drawn, headers=BYTES)
    assert handed.status_code == 201, handed.text
    assert sides.guest.post(path, content=drawn, headers=BYTES).status_code == 404
    words = sides.guest.post(path, params=sides.link, content=b"no picture", headers=BYTES)
    assert words.status_code == 422
    case = sides.opened("refund", files=[handed.json()["file_id"]])
    sellers = sides.merchant.post(
        f"/api/v1/cases/{case}/evidence-files", content=picture(2), headers=BYTES
    )
    assert sellers.status_code == 201, sellers.text
    usurped = sides.buyer(f"/cases/{case}/evidence", files=[sellers.json()["file_id"]])
    assert usurped.status_code == 422
    shown = does(sides.merchant, f"/cases/{case}/evidence", files=[sellers.json()["file_id"]])
    assert shown.status_code == 201, shown.text
    records = got(sides.merchant, f"/cases/{case}")["records"]
    assert [[file["content_type"] for file in one["files"]] for one in records] == [
        ["image/png"]
    ] * 2
    url = httpx.URL(records[0]["files"][0]["url"])
    assert sides.guest.get(url.raw_path.decode()).content == drawn


BYTES = {"content-type": "application/octet-stream"}


def picture(shade: int) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (300, 200), (shade, 99, 9)).save(drawn, "PNG")
    return drawn.getvalue()


def test_a_merchant_refuses_and_the_operator_rules(sides: Sides, life: Life) -> None:
    case = sides.opened("refund")
    listed = got(sides.merchant, "/cases")["items"]
    assert [one["case_id"] for one in listed] == [case]
    assert {*listed[0]["can"]} == {"grant", "refuse", "offer"}
    unreasonable = does(sides.merchant, f"/cases/{case}/decision", verb="refuse", reason="so")
    assert unreasonable.status_code == 422
    decision = {"verb": "refuse", "reason": "no_fault_found"}
    refused = does(sides.merchant, f"/cases/{case}/decision", **decision)
    assert refused.json()["state"] == "refused"
    assert sides.buyer(f"/cases/{case}/escalation", note="no").json()["state"] == "in_arbitration"
    assert sides.buyer(f"/cases/{case}/evidence", note="see").status_code == 201
    assert does(sides.merchant, f"/cases/{case}/evidence", note="so").status_code == 201
    usurped = does(sides.merchant, f"/cases/{case}/ruling", ruling="support_merchant")
    assert usurped.status_code == 403
    ruled = does(sides.operator, f"/cases/{case}/ruling", ruling="support_buyer")
    assert (ruled.status_code, ruled.json()["ruling"]) == (201, "support_buyer")
    life.pay_back()
    assert got(sides.operator, f"/cases/{case}")["state"] == "completed"


def test_goods_come_back_by_the_merchants_label(sides: Sides, life: Life) -> None:
    case = sides.opened("return_and_refund")
    does(sides.merchant, f"/cases/{case}/decision", verb="grant_return")
    label = {"carrier": "usps", "tracking_number": "L1"}
    given = does(sides.merchant, f"/cases/{case}/label", **label)
    assert given.status_code == 201, given.text
    assert given.json()["way_back"] == {
        "cost": {"minor": "599", "currency": "USD"},
        "bearer": "merchant",  # The reason is its fault.
        "withheld": {"minor": "0", "currency": "USD"},
        "combined_id": None,
    }
    sent = sides.buyer(f"/cases/{case}/shipment")
    assert (sent.json()["state"], sent.json()["tracking_number"]) == ("sent_back", "L1")
    decision = {"verb": "receive", "grade": "sellable"}
    done = does(sides.merchant, f"/cases/{case}/decision", **decision)
    assert done.status_code == 201, done.text
    life.pay_back()
    assert got(sides.merchant, f"/cases/{case}")["state"] == "completed"


def test_an_offer_is_answered(sides: Sides, life: Life) -> None:
    case = sides.opened("refund")
    does(sides.merchant, f"/cases/{case}/decision", verb="offer", minor=2_000)
    assert sides.buyer(f"/cases/{case}/answer", accepts=True).status_code == 201
    life.pay_back()
    seen = got(sides.merchant, f"/cases/{case}")
    assert (seen["state"], seen["refund"]["minor"]) == ("completed", "2000")


def test_a_merchant_gives_in_of_itself(sides: Sides) -> None:
    body = {"kind": "refund", "reason": "goodwill", "units": {"1": 1}}
    first = does(sides.merchant, f"/orders/{sides.order}/cases", **body)
    assert (first.status_code, first.json()["state"]) == (201, "granted")


def test_strangers_find_nothing_and_change_nothing(sides: Sides, life: Life) -> None:
    """Another merchant, a guest without the link, and the buyer of something else."""
    case = sides.opened("refund")
    body = {"kind": "refund", "reason": "goodwill"}
    parcel = {"carrier": "usps", "tracking_number": "X"}
    before = traces(life)
    calls = [
        (sides.foreign, "POST", f"/orders/{sides.order}/cases", body),
        (sides.foreign, "POST", f"/cases/{case}/decision", {"verb": "grant"}),
        (sides.foreign, "POST", f"/cases/{case}/label", parcel),
        (sides.foreign, "POST", f"/cases/{case}/evidence", {"note": "x"}),
        (sides.foreign, "POST", f"/cases/{case}/ruling", {"ruling": "support_buyer"}),
        (sides.foreign, "GET", f"/cases/{case}", None),
        (sides.foreign, "POST", f"/cases/{case}/evidence-files", picture(1)),
        *(
            (who, method, f"/shop{path}", given)
            for who in (sides.guest, sides.foreign)
            for method, path, given in [
                ("GET", f"/orders/{sides.order}/case-options", None),
                ("POST", f"/orders/{sides.order}/cases", body),
                ("POST", f"/orders/{sides.order}/evidence-files", picture(1)),
                ("GET", f"/cases/{case}", None),
                ("POST", f"/cases/{case}/evidence", {"note": "x"}),
                ("POST", f"/cases/{case}/shipment", parcel),
                ("POST", f"/cases/{case}/answer", {"accepts": True}),
                ("POST", f"/cases/{case}/escalation", {"note": "x"}),
                ("POST", f"/cases/{case}/withdrawal", {}),
            ]
        ),
    ]
    for who, method, path, given in calls:
        sent: Any = (
            {"content": given, "headers": BYTES} if isinstance(given, bytes) else {"json": given}
        )
        answer = who.request(method, f"/api/v1{path}", **sent)
        assert answer.status_code == 404, (method, path, answer.text)
    assert got(sides.foreign, "/cases")["items"] == []
    assert sides.guest.get("/api/v1/cases").status_code == 401
    assert traces(life) == before


def test_an_operator_erases_what_a_guest_showed(sides: Sides, life: Life) -> None:
    path = f"/api/v1/shop/orders/{sides.order}/evidence-files"
    handed = sides.guest.post(path, params=sides.link, content=picture(1), headers=BYTES)
    file = handed.json()["file_id"]
    case = sides.opened("refund", files=[file])
    url = httpx.URL(got(sides.merchant, f"/cases/{case}")["records"][0]["files"][0]["url"])
    link = url.raw_path.decode()
    why = {"why": "asked for by the guest"}
    for who, status in ((sides.guest, 401), (sides.merchant, 404), (sides.foreign, 404)):
        assert does(who, f"/files/{file}/erasure", **why).status_code == status
    assert sides.guest.get(link).status_code == 200

    assert does(sides.operator, f"/files/{file}/erasure", **why).status_code == 204

    assert sides.guest.get(link).status_code == 404
    assert got(sides.merchant, f"/cases/{case}")["records"][0]["files"] == []
    trail = text("select action, subject, detail from identity.audit where action = 'files.erase'")
    [told] = life.do(lambda tx: tx.sql.execute(trail).all())
    assert (told.subject, told.detail) == (int(file), why)
