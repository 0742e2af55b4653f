"""Returns through the SDK: every decision, and what is refused without a trace."""

import io
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import pytest
from PIL import Image
from sqlalchemy import text
from tiktok_shop_api.errors import TikTokShopError
from tiktok_shop_api.generated import models

from entrepot.contexts import aftersales, files, orders
from entrepot.contexts.aftersales import Case, Kind, Role, State, Verb
from entrepot.contexts.orders import OrderId
from entrepot.flows.returning import OpenCase
from entrepot.kernel.problems import only
from entrepot.surfaces.partner_api.scopes import Scope
from tests.living import Life
from tests.surfaces.partner_api.calling import refusal, sent
from tests.surfaces.partner_api.conftest import Partner

NOT_FOUND, CONFLICT, DENIED, INVALID = 90000404, 90000409, 105005, 36009004
TRACES = text(
    "select (select count(*) from aftersales.cases),"
    " (select count(*) from aftersales.case_records),"
    " (select count(*) from ledger.entries), (select count(*) from orders.cancellations),"
    " (select string_agg(state, ',' order by id) from aftersales.cases)"
)


@pytest.fixture
def life(partner: Partner) -> Life:
    return Life(partner.work)


@pytest.fixture
def order(partner: Partner, life: Life) -> OrderId:
    """Two units at 100.00 in California, which arrived: 8.25 % tax on top."""
    [id] = life.buy({partner.of.skus[0]: 2})
    life.on(1)
    life.deliver(life.hand_over(id))
    return id


def traces(partner: Partner) -> tuple[Any, ...]:
    with partner.parts.engine.connect() as sql:
        return tuple(sql.execute(TRACES).one())


def asked(life: Life, order: OrderId, kind: Kind, units: int = 1) -> Case:
    """The buyer asks."""
    wish = OpenCase(order_id=order, kind=kind, role=Role.BUYER, reason="damaged", units={1: units})
    return life.open_case(wish)


def sent_back(life: Life, order: OrderId) -> Case:
    case = asked(life, order, Kind.RETURN_AND_REFUND)
    life.step(case, Verb.GRANT_RETURN, Role.MERCHANT)
    return life.step(case, Verb.SEND_BACK, Role.BUYER, carrier="usps", tracking_number="R1")


def state(life: Life, case: Case) -> State:
    return life.do(lambda tx: only(aftersales.cases(tx, [case.id]))).state


def approval(decision: str, **more: Any) -> Any:
    return models.ApproveReturnRequest.from_dict({"decision": decision, **more})


def rejection(decision: str, reason: str, **more: Any) -> Any:
    body = {"decision": decision, "reject_reason": reason, **more}
    return models.RejectReturnRequest.from_dict(body)


def code_of(call: Callable[[], Any]) -> int:
    with pytest.raises(TikTokShopError) as refused:
        call()
    code: int = refused.value.code
    return code


PART = {"partial_refund": {"currency": "USD", "amount": "20.00"}}
LESS = {"partial_refund_amount": {"currency": "USD", "partial_refund_total": "20.00"}}
APPROVALS: list[tuple[Kind, str, dict[str, Any], State]] = [
    (Kind.REFUND, "APPROVE_REFUND", {}, State.GRANTED),
    (Kind.REFUND, "OFFER_PARTIAL_REFUND", PART, State.OFFERED),
    (Kind.RETURN_AND_REFUND, "APPROVE_RETURN", {}, State.AWAITING_GOODS),
    (Kind.RETURN_AND_REFUND, "APPROVE_RETURN", {"buyer_keep_item": True}, State.GRANTED),
    (Kind.RETURN_AND_REFUND, "DIRECT_REFUND", {}, State.GRANTED),
    (Kind.REPLACEMENT, "APPROVE_REPLACEMENT", {}, State.COMPLETED),
    (Kind.REPLACEMENT, "ISSUE_REPLACEMENT_REFUND", {}, State.GRANTED),
]
REJECTIONS = [
    (Kind.REFUND, "REJECT_REFUND"),
    (Kind.RETURN_AND_REFUND, "REJECT_RETURN"),
    (Kind.REPLACEMENT, "REJECT_REPLACEMENT"),
]


def test_every_decision_about_a_request(partner: Partner, life: Life, sdk: Any) -> None:
    for kind, word, more, expected in APPROVALS:
        [order] = life.buy({partner.of.skus[0]: 1})
        life.on(1)
        life.deliver(life.hand_over(order))
        case = asked(life, order, kind)
        sdk.return_and_refund.approve_return(str(int(case.id)), body=approval(word, **more))
        assert state(life, case) is expected, word
    for kind, word in REJECTIONS:
        [order] = life.buy({partner.of.skus[0]: 1})
        life.on(1)
        life.deliver(life.hand_over(order))
        case = asked(life, order, kind)
        [reason, *_] = sdk.return_and_refund.get_reject_reasons(
            return_or_cancel_id=str(int(case.id))
        ).data.reasons
        body = rejection(word, reason.name)
        sdk.return_and_refund.reject_return(str(int(case.id)), body=body)
        assert state(life, case) is State.REFUSED, word
    life.pay_back()
    life.check()


def test_every_decision_about_what_came_back(life: Life, order: OrderId, sdk: Any) -> None:
    kept, other = sent_back(life, order), sent_back(life, order)
    sdk.return_and_refund.approve_return(
        str(int(kept.id)), body=approval("APPROVE_RECEIVED_PACKAGE")
    )
    refused = rejection("REJECT_RECEIVED_PACKAGE", "used_or_damaged")
    sdk.return_and_refund.reject_return(str(int(other.id)), body=refused)

    assert state(life, kept) is State.GRANTED
    assert state(life, other) is State.RECEIPT_REFUSED
    life.pay_back()
    assert state(life, kept) is State.COMPLETED
    life.check()


def test_less_for_what_came_back(life: Life, order: OrderId, sdk: Any) -> None:
    case, word = sent_back(life, order), "OFFER_PARTIAL_REFUND_AFTER_RECEIVING_PKG"
    told = sdk.return_and_refund.get_available_review_decisions(
        seller_id=1,
        return_or_cancel_id=int(case.id),
        check_decisions=[models.GetAvailableReviewDecisionsCheckDecisionsItem(word)],
    )
    [[possible]] = [item.decisions for item in told.data.line_items]
    [reason, *_] = possible.available_reject_reasons
    body = rejection(word, reason.name, **LESS)
    unreasonable = rejection(word, "just_so", **LESS)
    reject = sdk.return_and_refund.reject_return
    assert code_of(lambda: reject(str(int(case.id)), body=unreasonable)) == INVALID
    reject(str(int(case.id)), body=body)

    assert state(life, case) is State.OFFERED_ON_RECEIPT
    assert life.step(case, Verb.ACCEPT, Role.BUYER).state is State.COMPLETED
    [line] = life.do(lambda tx: orders.lines(tx, [order]))
    assert line.refunded_minor == 2_000


def test_a_key_makes_one_decision(life: Life, order: OrderId, sdk: Any) -> None:
    case = asked(life, order, Kind.REFUND)
    decide = sdk.return_and_refund.approve_return
    id, body = str(int(case.id)), approval("OFFER_PARTIAL_REFUND", **PART)
    decide(id, body=body, idempotency_key="k")
    decide(id, body=body, idempotency_key="k")
    other = approval("APPROVE_REFUND")

    assert code_of(lambda: decide(id, body=other, idempotency_key="k"))
    assert code_of(lambda: decide(id, body=body)) == CONFLICT
    assert state(life, case) is State.OFFERED


def test_another_sellers_cases_are_not_found(partner: Partner, life: Life, order: OrderId) -> None:
    case = asked(life, order, Kind.RETURN_AND_REFUND)
    cancelled = waiting_for_consent(partner, life)
    before, id, of = traces(partner), str(int(case.id)), str(int(order))
    with partner.other_seller().client() as client:
        api = client.return_and_refund
        calls = [
            lambda: api.approve_return(id, body=approval("APPROVE_RETURN")),
            lambda: api.reject_return(id, body=rejection("REJECT_RETURN", "no_fault_found")),
            lambda: api.get_return_records(id),
            lambda: api.get_reject_reasons(return_or_cancel_id=id),
            lambda: api.get_decision_eligibility(return_or_cancel_id=id),
            lambda: api.get_aftersale_eligibility(of),
            lambda: api.create_return(body=wish(of)),
            lambda: api.calculate_refund(body=cost(of)),
            lambda: api.cancel_order(body=cancelling(of)),
            lambda: api.approve_cancellation(cancelled),
            lambda: api.reject_cancellation(
                cancelled, body=models.RejectCancellationRequest(reject_reason="packed_already")
            ),
            lambda: api.upload_return_shipping_information(body=label(), return_ids=[id]),
        ]
        assert [code_of(call) for call in calls] == [NOT_FOUND] * len(calls)
        [error] = api.review_aftersales_requests(
            body=review(id, "1", "APPROVE_REQUEST")
        ).data.errors
        assert error.code == str(NOT_FOUND)
        searched = models.SearchReturnsRequest(return_ids=[id])
        assert api.search_returns(body=searched).data.return_orders == []
        asked_for = models.SearchCancellationsRequest(cancel_ids=[cancelled])
        assert api.search_cancellations(body=asked_for).data.cancellations == []

    assert traces(partner) == before


def test_without_the_scope_nothing_is_read_or_decided(
    partner: Partner, life: Life, order: OrderId
) -> None:
    case = asked(life, order, Kind.REFUND)
    before, id = traces(partner), str(int(case.id))
    with partner.with_scopes(Scope.ORDER_READ).client() as client:
        api = client.return_and_refund
        assert code_of(lambda: api.approve_return(id, body=approval("APPROVE_REFUND"))) == DENIED
        searched = models.SearchReturnsRequest(return_ids=[id])
        assert code_of(lambda: api.search_returns(body=searched)) == DENIED

    assert traces(partner) == before


def test_bad_input_changes_nothing(partner: Partner, life: Life, order: OrderId, sdk: Any) -> None:
    case = asked(life, order, Kind.REFUND)
    before, id, of, api = traces(partner), str(int(case.id)), str(int(order)), sdk.return_and_refund
    euros = {"partial_refund": {"currency": "EUR", "amount": "20.00"}}
    all_of_it = {"partial_refund": {"currency": "USD", "amount": "108.25"}}
    calls = [
        (lambda: api.approve_return(id, body=approval("APPROVE_RETURN")), CONFLICT),
        (lambda: api.approve_return(id, body=approval("OFFER_PARTIAL_REFUND", **euros)), INVALID),
        (
            lambda: api.approve_return(id, body=approval("OFFER_PARTIAL_REFUND", **all_of_it)),
            INVALID,
        ),
        (lambda: api.approve_return("x", body=approval("APPROVE_REFUND")), INVALID),
        (lambda: api.approve_return("1", body=approval("APPROVE_REFUND")), NOT_FOUND),
        (lambda: api.reject_return(id, body=rejection("REJECT_REFUND", "just_so")), INVALID),
        (lambda: api.create_return(body=wish(of, return_reason="just_so")), INVALID),
        (lambda: api.create_return(body=wish(of, order_line_item_ids=["7"])), INVALID),
        (lambda: api.create_return(body=wish(of, skus=[{"sku_id": "7", "quantity": 1}])), INVALID),
        (
            lambda: api.create_return(body=wish(of, refund_total="900.00", currency="USD")),
            INVALID,
        ),
        (lambda: api.cancel_order(body=cancelling(of, "just_so")), INVALID),
        (lambda: api.cancel_order(body=cancelling(of)), CONFLICT),
    ]
    for n, (call, expected) in enumerate(calls):
        assert code_of(call) == expected, n
    path = f"/return_refund/202309/returns/{id}/approve"
    searching = "/return_refund/202602/returns/search"
    answer = sent(partner, "POST", searching, query={"sort_field": "x"}, body=b"{}")
    assert refusal(answer) == (400, INVALID)
    for body in (b'{"decision":"NONSENSE"}', b"{}", b'{"decision":7}', b'{"decision":"\\u0000"}'):
        assert refusal(sent(partner, "POST", path, body=body)) == (400, INVALID), body

    assert traces(partner) == before


def test_a_review_decides_what_it_can(life: Life, order: OrderId, sdk: Any) -> None:
    good, bad = asked(life, order, Kind.REFUND), asked(life, order, Kind.REFUND)
    bodies = [
        review(str(int(good.id)), str(good.lines[0].first_item), "APPROVE_REQUEST"),
        review(str(int(bad.id)), "7", "APPROVE_REQUEST"),
    ]
    every = [one for body in bodies for one in body.to_dict()["aftersales_request_decisions"]]
    body = models.ReviewAftersalesRequestsRequest.from_dict({"aftersales_request_decisions": every})
    [error] = sdk.return_and_refund.review_aftersales_requests(body=body).data.errors

    assert error.code == str(INVALID)
    assert (state(life, good), state(life, bad)) == (State.GRANTED, State.REQUESTED)


def test_a_review_with_a_key_is_done_once(life: Life, order: OrderId, sdk: Any) -> None:
    first, other = asked(life, order, Kind.REFUND), asked(life, order, Kind.REFUND)
    decide = sdk.return_and_refund.review_aftersales_requests

    def keyed(case: Case, item: int) -> Any:
        body = review(str(int(case.id)), str(item), "APPROVE_REQUEST").to_dict()
        body["aftersales_request_decisions"][0]["idempotency_key"] = "k"
        return models.ReviewAftersalesRequestsRequest.from_dict(body)

    [wrong] = decide(body=keyed(first, 7)).data.errors  # What is refused leaves the key free.
    good = keyed(first, first.lines[0].first_item)
    assert not decide(body=good).data.errors
    assert not decide(body=good).data.errors
    [reused] = decide(body=keyed(other, other.lines[0].first_item)).data.errors

    assert (wrong.code, reused.code) == (str(INVALID), str(INVALID))
    assert (state(life, first), state(life, other)) == (State.GRANTED, State.REQUESTED)


def test_what_was_closed_in_arbitration_is_found_as_that(
    life: Life, order: OrderId, sdk: Any
) -> None:
    left, ruled = asked(life, order, Kind.REFUND), asked(life, order, Kind.REFUND)
    for case in (left, ruled):
        life.step(case, Verb.REFUSE, Role.MERCHANT, reason="no_fault_found")
        life.step(case, Verb.ESCALATE, Role.BUYER)
    life.step(left, Verb.WITHDRAW, Role.BUYER)
    life.step(ruled, Verb.DENY, Role.OPERATOR)
    body = {"arbitration_status": ["CLOSED"], "order_ids": [str(int(order))]}
    search = models.SearchReturnsRequest.from_dict(body)
    [found] = sdk.return_and_refund.search_returns(body=search).data.return_orders

    assert (found.return_id, found.arbitration_status) == (str(int(left.id)), "CLOSED")


def test_pictures_of_a_refusal_are_the_sellers_own(
    partner: Partner, life: Life, order: OrderId, sdk: Any
) -> None:
    case, neighbour = asked(life, order, Kind.REFUND), partner.other_seller()
    mine, foreign = picture(partner), picture(neighbour)
    before, id = traces(partner), str(int(case.id))
    reject = sdk.return_and_refund.reject_return
    for wrong in (str(int(foreign)), "7"):
        body = rejection("REJECT_REFUND", "no_fault_found", images=[{"image_id": wrong}])
        assert code_of(partial(reject, id, body=body)) == INVALID
    assert traces(partner) == before
    body = rejection("REJECT_REFUND", "no_fault_found", images=[{"image_id": str(int(mine))}])
    reject(id, body=body)
    [newest, _] = sdk.return_and_refund.get_return_records(id).data.records

    assert [(one.width, one.height) for one in newest.images] == [(300, 200)]
    assert httpx.get(local(partner, newest.images[0].url)).status_code == 200


def picture(partner: Partner) -> files.FileId:
    """One that belongs to the partner's seller."""
    drawn = io.BytesIO()
    Image.new("RGB", (300, 200), (9, 99, int(partner.of.merchant_id) % 251)).save(drawn, "PNG")
    wish = files.NewFile(
        owner_id=partner.of.merchant_id,
        purpose=files.Purpose.RETURN_EVIDENCE,
        name="seam.png",
        data=drawn.getvalue(),
    )
    storage = partner.parts.storage
    return Life(partner.work).do(lambda tx: only(files.keep(tx, storage, [wish]))).id


def local(partner: Partner, url: str) -> str:
    """The same address at the server of this test."""
    asked = httpx.URL(url)
    return f"{partner.address}{asked.raw_path.decode()}"


def waiting_for_consent(partner: Partner, life: Life) -> str:
    """A cancellation that the buyer asked for too late to have it at once."""
    [order] = life.buy({partner.of.skus[0]: 1})
    life.on(0.1)
    wish = orders.Cancellation(
        order_id=order, by=orders.Side.BUYER, reason=orders.CancelReason.BUYER_ASKED
    )
    life.cancel(wish)
    wanted = orders.CancellationFilter(order_ids=(order,))
    [asked] = life.do(lambda tx: orders.cancellations(tx, wanted, limit=2))
    assert asked.state is orders.Consent.REQUESTED
    return str(int(asked.id))


def wish(order: str, **more: Any) -> Any:
    body = {"order_id": order, "return_reason": "goodwill", "return_type": "REFUND", **more}
    return models.CreateReturnRequest.from_dict(body)


def cost(order: str) -> Any:
    body = {"order_id": order, "request_type": "REFUND", "reason_name": "goodwill"}
    return models.CalculateRefundRequest.from_dict(body)


def cancelling(order: str, reason: str = "out_of_stock") -> Any:
    return models.CancelOrderRequest(order_id=order, cancel_reason=reason)


def label() -> Any:
    return models.UploadReturnShippingInformationRequest(
        tracking_number="L1", return_provider_id="usps"
    )


def review(request: str, item: str, action: str) -> Any:
    items = [{"line_items": [{"return_line_item_id": item}], "action": action}]
    one = {"request_id": request, "line_item_decisions": items}
    return models.ReviewAftersalesRequestsRequest.from_dict({"aftersales_request_decisions": [one]})
