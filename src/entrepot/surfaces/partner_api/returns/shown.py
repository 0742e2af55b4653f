"""Cases as the dialect shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from entrepot.contexts import aftersales, orders
from entrepot.contexts.aftersales import Bearer, Case, CaseLine, State, Use
from entrepot.contexts.orders import Line, OrderId
from entrepot.kernel.money import Currency, allocate
from entrepot.kernel.tx import Tx
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.money import amount
from entrepot.surfaces.partner_api.paging import mark

from . import words

Lines = Mapping[tuple[OrderId, int], Line]


@dataclass(frozen=True, slots=True)
class Item:
    """One unit in a case, and what of the refund is its."""

    id: int
    unit_id: int
    line: Line
    minor: int


def lines_of(tx: Tx, order_ids: Sequence[OrderId]) -> Lines:
    """The order lines that cases or cancellations are about."""
    found = orders.lines(tx, {*order_ids}) if order_ids else []
    return {(line.order_id, line.pos): line for line in found}


def items(case: Case, lines: Lines) -> list[Item]:
    """The units of a case; their amounts add up to the case's."""
    return [
        Item(part.first_item + at, orders.unit_id(line, n), line, minor)
        for part, share in zip(case.lines, case.shares, strict=True)
        for line in [lines[case.order_id, part.pos]]
        for at, (n, minor) in enumerate(zip(part.units, _per_unit(part, share), strict=True))
    ]


def _per_unit(part: CaseLine, share: int) -> list[int]:
    return allocate(share, [1] * len(part.units))


def breakdown(parts: Sequence[tuple[Line, int]], currency: Currency) -> Data:
    """A refund as goods, shipping and tax: each in the proportion in which the line was paid."""
    sums = [0, 0, 0]
    for line, minor in parts:
        for n, share in enumerate(_split(line, minor)):
            sums[n] += share
    return {
        "currency": currency.value,
        "refund_total": amount(sum(sums), currency),
        "refund_subtotal": amount(sums[0], currency),
        "refund_shipping_fee": amount(sums[1], currency),
        "refund_tax": amount(sums[2], currency),
    }


def _split(line: Line, minor: int) -> list[int]:
    goods = line.list_minor - line.seller_discount_minor - line.platform_discount_minor
    weights = [max(goods, 0), max(line.shipping_minor, 0), max(line.tax_minor, 0)]
    return allocate(minor, weights) if sum(weights) else [minor, 0, 0]


def seconds(at: datetime) -> int:
    """Instants as the dialect writes them."""
    return int(at.timestamp())


def given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without the fields that have no value."""
    return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Showing:
    """Cases of one page with what they are shown with."""

    lines: Lines
    texts: Mapping[tuple[str, str], str]  # Of reasons, by kind and code.

    @classmethod
    def of(cls, tx: Tx, cases: Sequence[Case], locale: str) -> "Showing":
        """Read at once for all of them."""
        kinds = {(case.market, case.kind): case.opened_at for case in cases}
        texts = {
            (kind.value, row.code): row.text(locale)
            for (market, kind), at in kinds.items()
            for row in aftersales.reasons(tx, market, at, Use.REQUEST, kind)
        }
        return cls(lines_of(tx, [case.order_id for case in cases]), texts)

    def case(self, case: Case) -> dict[str, Any]:
        """One return request."""
        action = words.next_action(case)
        found = {
            "order_id": str(int(case.order_id)),
            "return_id": str(int(case.id)),
            "return_type": words.KINDS[case.kind],
            "return_status": words.said(words.STATUSES, case),
            "arbitration_status": words.said(words.ARBITRATIONS, case),
            "role": words.ROLES[case.opened_by],
            "return_reason": case.reason,
            "return_reason_text": self.texts.get((case.kind.value, case.reason), case.reason),
            "return_tracking_number": case.tracking_number or None,
            "return_provider_name": case.carrier or None,
            "return_provider_id": case.carrier or None,
            "can_buyer_keep_item": True if case.kind is aftersales.Kind.REPLACEMENT else None,
            "create_time": seconds(case.opened_at),
            "update_time": seconds(case.changed_at),
            "refund_amount": self.refund(case),
            "return_line_items": [self.item(one) for one in items(case, self.lines)],
            "seller_proposed_return_type": None if case.offered_minor is None else "PARTIAL_REFUND",
            "is_combined_return": case.combined_id is not None,
            "combined_return_id": case.combined_id and str(int(case.combined_id)),
            "is_quick_refund": False,
        }
        if action is not None and case.due_at is not None:
            deadline = seconds(case.due_at)
            found["seller_next_action_response"] = [{"action": action, "deadline": deadline}]
        if case.kind is aftersales.Kind.RETURN_AND_REFUND:
            given_label = case.label_file is not None or case.way_back_minor > 0
            found["return_method"] = "SELLER_SHIPPED" if given_label else "BUYER_SHIPPED"
            found["shipment_type"] = "BUYER_ARRANGE"
        if case.state is not State.OFFERED and case.offered_minor is not None:
            found["buyer_rejected_partial_refund"] = case.declined
        return given(found)

    def refund(self, case: Case) -> Data:
        """What goes back, or would if it were granted."""
        parts = [
            (self.lines[case.order_id, part.pos], minor)
            for part, minor in zip(case.lines, case.shares, strict=True)
        ]
        return breakdown(parts, case.currency)

    def item(self, one: Item) -> Data:
        """One unit with its share."""
        return {
            "return_line_item_id": str(one.id),
            "order_line_item_id": str(one.unit_id),
            "sku_id": str(int(one.line.sku_id)),
            "product_name": one.line.title,
            "refund_amount": breakdown([(one.line, one.minor)], one.line.currency),
        }

    def references(self, case: Case) -> list[Data]:
        """The units of a case by their ids alone."""
        return [
            {
                "return_line_item_id": str(one.id),
                "sku_id": str(int(one.line.sku_id)),
                "main_order_id": str(int(case.order_id)),
                "sku_return_request_id": str(int(case.id)),
            }
            for one in items(case, self.lines)
        ]

    def discounts(self, case: Case) -> dict[str, str]:
        """The share of the discounts that go back with the refund."""
        seller = platform = 0
        for part, minor in zip(case.lines, case.shares, strict=True):
            line = self.lines[case.order_id, part.pos]
            if line.payment_minor:
                seller += line.seller_discount_minor * minor // line.payment_minor
                platform += line.platform_discount_minor * minor // line.payment_minor
        return {
            "product_seller_discount": amount(seller, case.currency),
            "product_platform_discount": amount(platform, case.currency),
        }


def way_back(case: Case) -> dict[str, str]:
    """Who pays what of the way back, by the dialect's name for the payer."""
    said = {Bearer.MERCHANT: "seller", Bearer.PLATFORM: "platform", Bearer.BUYER: "buyer"}
    return {
        f"{word}_paid_return_shipping_fee": amount(
            case.way_back_minor if case.way_back_bearer is side else 0, case.currency
        )
        for side, word in said.items()
    }


def key(case: Case, *, by_change: bool) -> tuple[int, int]:
    """Where a case stands in a sorted list: microseconds and id."""
    at = case.changed_at if by_change else case.opened_at
    return mark(at), int(case.id)
