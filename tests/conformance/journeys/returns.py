"""Returns and refunds: each way a case can go, seen from the seller's tool."""

from typing import Any

from tiktok_shop_api.generated import models
from tiktok_shop_api.generated.models import (
    ApproveReturnRequestDecision as Approval,
)
from tiktok_shop_api.generated.models import (
    RejectReturnRequestDecision as Rejection,
)

from tests.conformance.world import Goods, Person, Seller, World


def delivered(world: World, goods: Goods, units: int = 1) -> str:
    """An order that arrived."""
    order = sent(world, goods, units)
    for parcel in parcels(world, order):
        world.delivers(parcel)
    return order


def sent(world: World, goods: Goods, units: int = 1) -> str:
    """An order on its way, an hour after its payment."""
    order = waiting(world, goods, units)
    body = {"carrier": "usps", "tracking_number": f"T{order}"}
    world.seller.owner.posts(f"/orders/{order}/shipments", body)
    return order


def waiting(world: World, goods: Goods, units: int = 1) -> str:
    """An order that waits for its shipment."""
    [order] = world.buyer.buys({goods.sku_id: units})
    world.turn()
    world.on(hours=2)
    return order


def parcels(world: World, order: str) -> list[str]:
    """The ids of an order's parcels."""
    return [one["id"] for one in world.seller.owner.gets(f"/orders/{order}")["parcels"]]


def opened(world: World, order: str, kind: str, reason: str = "damaged", **more: Any) -> str:
    """A case that the buyer opens; `units` by line."""
    case = world.buyer.posts(order, "/cases", {"kind": kind, "reason": reason, **more})
    return str(case["case_id"])


def acts(world: World, order: str, case: str, path: str, **body: Any) -> Any:
    """What the buyer does with a case."""
    token = {"token": world.buyer.links[order]}
    return Person(world.buyer.http).does(
        "POST", f"/shop/cases/{case}{path}", params=token, json=body
    )


def found(seller: Seller, case: str) -> Any:
    """A case as the search shows it."""
    asked = models.SearchReturnsRequest(return_ids=[case])
    answer: Any = seller.client.return_and_refund.search_returns(body=asked)
    [one] = answer.data.return_orders
    return one


def a_refund_in_parts(world: World) -> None:
    """What can be begun, what it would cost, a refund of one unit, and the rest offered in part."""
    api: Any = world.client.return_and_refund
    order = delivered(world, world.seller.goods(), units=2)
    told = api.get_aftersale_eligibility(order)
    units = {
        one.request_type: one.order_line_items_ids
        for sku in told.data.sku_eligibility
        for one in sku.line_item_eligibility
        if one.eligible
    }
    assert len(units["REFUND"]) == len(units["RETURN_AND_REFUND"]) == 2
    assert "CANCEL" not in units
    asked = models.CalculateRefundRequest(
        order_id=order,
        request_type="REFUND",
        reason_name="goodwill",
        order_line_item_ids=units["REFUND"][:1],
    )
    cost = api.calculate_refund(body=asked).data.order_refund_amount
    assert (cost.refund_subtotal, cost.refund_tax) == ("100.00", "8.25")
    wish = models.CreateReturnRequest(
        order_id=order,
        return_reason="goodwill",
        return_type="REFUND",
        order_line_item_ids=units["REFUND"][:1],
    )
    made = api.create_return(body=wish, idempotency_key="once").data
    again = api.create_return(body=wish, idempotency_key="once").data
    assert made.return_id == again.return_id
    world.turn()
    assert found(world.seller, made.return_id).return_status == "RETURN_OR_REFUND_REQUEST_COMPLETE"
    case = opened(world, order, "refund")
    offer = models.ApproveReturnRequest(
        decision=Approval.OFFER_PARTIAL_REFUND,
        partial_refund=models.PartialRefund(currency="USD", amount="20.00"),
    )
    api.approve_return(case, body=offer)
    assert found(world.seller, case).return_status == "AWAITING_BUYER_RESPONSE"
    acts(world, order, case, "/answer", accepts=True)
    world.turn()
    done = found(world.seller, case)
    assert (done.return_status, done.refund_amount.refund_total) == (
        "RETURN_OR_REFUND_REQUEST_COMPLETE",
        "20.00",
    )


def a_return_with_arbitration(world: World) -> None:
    """Refused, taken to the operator, decided for the buyer, sent back by the seller's label."""
    api: Any = world.client.return_and_refund
    order = delivered(world, world.seller.goods())
    case = opened(world, order, "return_and_refund", note="torn")
    reasons = api.get_reject_reasons(return_or_cancel_id=case, locale="zh-CN").data.reasons
    assert "商品与描述一致" in [reason.text for reason in reasons]
    decisions = api.get_decision_eligibility(return_or_cancel_id=case).data.decisions
    assert {one.decision for one in decisions if one.eligible} == {
        "APPROVE_RETURN",
        "DIRECT_REFUND",
        "OFFER_PARTIAL_REFUND",
        "REJECT_RETURN",
    }
    body = models.RejectReturnRequest(
        decision=Rejection.REJECT_RETURN, reject_reason="no_fault_found", comment="all is well"
    )
    api.reject_return(case, body=body)
    acts(world, order, case, "/escalation", note="it is not")
    assert found(world.seller, case).arbitration_status == "IN_PROGRESS"
    ruling = {"ruling": "support_buyer", "against_goods": True}
    world.operator.posts(f"/cases/{case}/ruling", ruling)
    label = models.UploadReturnShippingInformationRequest(
        tracking_number="L1", return_provider_id="usps"
    )
    api.upload_return_shipping_information(body=label, return_ids=[case])
    acts(world, order, case, "/shipment")
    asked = models.SearchReturnMerchandiseAuthorizationsRequest.from_dict(
        {
            "whitelisted_data_fields": ["LINE_ITEMS", "SKU_RETURN_REQUESTS"],
            "filters": {"rma_ids": [case], "statuses": ["RETURN_IN_TRANSIT"]},
        }
    )
    told = api.search_return_merchandise_authorizations(body=asked).data
    [parcel] = told.return_merchandise_authorizations
    assert parcel.sku_return_requests[0].return_tracking_number == "L1"
    item = parcel.line_items[0].return_line_item_id
    review = models.ReviewAftersalesRequestsRequest.from_dict(
        {
            "aftersales_request_decisions": [
                {
                    "request_id": case,
                    "line_item_decisions": [
                        {
                            "line_items": [{"return_line_item_id": item}],
                            "action": "APPROVE_RETURN_PACKAGE",
                        }
                    ],
                }
            ]
        }
    )
    assert not api.review_aftersales_requests(body=review).data.errors
    world.turn()
    done = found(world.seller, case)
    assert done.return_status == "RETURN_OR_REFUND_REQUEST_COMPLETE"
    assert done.arbitration_status == "SUPPORT_BUYER"
    records = api.get_return_records(case).data.records
    assert [record.event for record in reversed(records)] == [
        "RETURN_OPEN",
        "RETURN_REFUSE",
        "RETURN_ESCALATE",
        "RETURN_GRANT_RETURN",
        "RETURN_LABEL",
        "RETURN_SEND_BACK",
        "RETURN_RECEIVE",
        "RETURN_COMPLETE",
    ]


def a_replacement(world: World) -> None:
    """Other goods for those that arrived broken."""
    api: Any = world.client.return_and_refund
    order = delivered(world, world.seller.goods())
    case = opened(world, order, "replacement")
    told = api.get_available_review_decisions(
        seller_id=int(world.seller.shop.merchant_id), return_or_cancel_id=case
    )
    [item] = told.data.line_items
    assert "APPROVE_REPLACEMENT" in [one.decision for one in item.decisions if one.eligible]
    api.approve_return(
        case, body=models.ApproveReturnRequest(decision=Approval.APPROVE_REPLACEMENT)
    )
    asked = models.SearchAftersalesRequestsRequest.from_dict(
        {
            "whitelisted_data_fields": ["LINE_ITEMS", "SKU_RETURN_REQUESTS"],
            "filters": {"main_order_ids": [order]},
            "sort": {"sort_field": "CREATE_TIME", "sort_order": "ASC"},
            "pagination": {"page_size": 10},
        }
    )
    [request] = api.search_aftersales_requests(body=asked).data.aftersales_requests
    assert request.sku_return_requests[0].return_status == "REPLACEMENT_REQUEST_COMPLETE"


def cancellations(world: World) -> None:
    """The seller's own, and the buyer's with consent and without."""
    api: Any = world.client.return_and_refund
    goods = world.seller.goods()
    own = waiting(world, goods, units=2)
    told = api.get_aftersale_eligibility(
        own, request_types=[models.GetAftersaleEligibilityRequestTypesItem("CANCEL")]
    )
    [may] = [one for sku in told.data.sku_eligibility for one in sku.line_item_eligibility]
    body = models.CancelOrderRequest(
        order_id=own,
        cancel_reason="out_of_stock",
        order_line_item_ids=may.order_line_items_ids[:1],
    )
    made = api.cancel_order(body=body).data
    assert made.cancel_status == "CANCELLATION_REQUEST_SUCCESS"
    asked = [waiting(world, goods), waiting(world, goods)]
    for order in asked:
        world.buyer.posts(order, "/cancellation")
    search = models.SearchCancellationsRequest.from_dict(
        {"order_ids": asked, "cancel_status": ["CANCELLATION_REQUEST_PENDING"]}
    )
    pending = api.search_cancellations(body=search).data.cancellations
    ids = {one.order_id: one.cancel_id for one in pending}
    assert {*ids} == {*asked}
    api.approve_cancellation(ids[asked[0]])
    refusal = models.RejectCancellationRequest(reject_reason="packed_already")
    api.reject_cancellation(ids[asked[1]], body=refusal)
    search = models.SearchCancellationsRequest.from_dict({"cancel_ids": [*ids.values()]})
    after = api.search_cancellations(body=search).data.cancellations
    assert {one.order_id: one.cancel_status for one in after} == {
        asked[0]: "CANCELLATION_REQUEST_SUCCESS",
        asked[1]: "CANCELLATION_REQUEST_CANCEL",
    }


JOURNEYS = [a_refund_in_parts, a_return_with_arbitration, a_replacement, cancellations]
