"""What happens to orders, as entries of the ledger and claims of payees: pure functions.

A buyer's payment waits with the merchant of record until the goods have arrived; then each part
of the line's waterfall goes to whom it belongs. What goes back to a buyer takes the same share of
every part back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from entrepot.contexts import orders, settlement
from entrepot.contexts.inventory import Cost
from entrepot.contexts.ledger import PLATFORM, Account, Entry, Posting, Purpose
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.money import Currency, Money, step

Sum = tuple[Account, int]  # Debits are positive.
SALE, COMMISSION, SUPPLY, REFUND, RECEIPT = "sale", "commission", "supply", "refund", "receipt"
COMPENSATION, RETURN_SHIPPING = "compensation", "return_shipping"
RETAIL, ON_SALE, ON_RECEIPT = "retail_sale", "supply_price_on_sale", "supply_price_on_receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """What a supplier is owed for one sold unit, as the agreement said when it was placed."""

    supplier_id: OrganisationId
    unit: Money
    days: int | None

    @classmethod
    def of(cls, line: orders.Line) -> "Supply | None":
        """The supply that a line was placed with, if its goods are paid for when they are sold."""
        given: Mapping[str, Any] | None = line.inputs.get("supply")
        if given is None or given["basis"] != ON_SALE:
            return None
        return cls(
            supplier_id=OrganisationId(given["supplier_id"]),
            unit=Money(given["unit_minor"], Currency(given["currency"])),
            days=given["days"],
        )


def entry(
    kind: str, reference: object, at: datetime, sums: Iterable[Sum], currency: Currency
) -> list[Entry]:
    """One entry of these sums by account; none if nothing moves."""
    by_account: dict[Account, int] = {}
    for account, minor in sums:
        by_account[account] = by_account.get(account, 0) + minor
    postings = tuple(
        Posting(account, Money(minor, currency))
        for account, minor in sorted(by_account.items())
        if minor
    )
    if not postings:
        return []
    return [Entry(kind=kind, reference=str(reference), occurred_at=at, postings=postings)]


def captured(group_id: int, amount: Money, at: datetime) -> list[Entry]:
    """The provider has a buyer's money for us."""
    sums = [
        (Account(Purpose.PSP_RECEIVABLE), amount.minor),
        (Account(Purpose.BUYER_CLEARING), -amount.minor),
    ]
    return entry("payment_captured", group_id, at, sums, amount.currency)


def paid(order: orders.Order, at: datetime) -> list[Entry]:
    """An order is paid: its money waits with the merchant of record."""
    sums = [
        (Account(Purpose.BUYER_CLEARING), order.total.minor),
        (Account(Purpose.PENDING, order.record_id), -order.total.minor),
    ]
    return entry("order_paid", order.id, at, sums, order.total.currency)


def given_back(
    kind: str, reference: object, order: orders.Order, minor: int, at: datetime
) -> list[Entry]:
    """Money of an order that was not delivered is on its way back to the buyer."""
    sums = [
        (Account(Purpose.PENDING, order.record_id), minor),
        (Account(Purpose.BUYER_CLEARING), -minor),
    ]
    return entry(kind, reference, at, sums, order.total.currency)


def refund_paid(reference: str, amount: Money, at: datetime) -> list[Entry]:
    """The provider confirmed that the buyer has the money back."""
    sums = [
        (Account(Purpose.BUYER_CLEARING), amount.minor),
        (Account(Purpose.PSP_RECEIVABLE), -amount.minor),
    ]
    return entry("refund_paid", reference, at, sums, amount.currency)


def issued(reference: object, cost: Cost, at: datetime) -> list[Entry]:
    """Goods that the platform had bought have left for a buyer."""
    sums = [
        (Account(Purpose.COST_OF_GOODS), cost.minor),
        (Account(Purpose.INVENTORY), -cost.minor),
    ]
    return entry("goods_issued", reference, at, sums, cost.currency)


def restocked(reference: object, cost: Cost, at: datetime) -> list[Entry]:
    """Bought-out goods have come back and can be sold again."""
    sums = [
        (Account(Purpose.INVENTORY), cost.minor),
        (Account(Purpose.COST_OF_GOODS), -cost.minor),
    ]
    return entry("goods_restocked", reference, at, sums, cost.currency)


def adjusted(reference: object, cost: Cost, at: datetime) -> list[Entry]:
    """Goods that the platform had bought are gone without a buyer, or were found again."""
    sums = [
        (Account(Purpose.INVENTORY), cost.minor),
        (Account(Purpose.STOCK_LOSS), -cost.minor),
    ]
    return entry("stock_adjusted", reference, at, sums, cost.currency)


def received(receipt_id: int, supplier: OrganisationId, cost: Cost, at: datetime) -> list[Entry]:
    """Accepted goods are the platform's, and owed to the supplier."""
    sums = [
        (Account(Purpose.INVENTORY), cost.minor),
        (Account(Purpose.ON_HOLD, supplier), -cost.minor),
    ]
    return entry("goods_received", receipt_id, at, sums, cost.currency)


def delivered(order: orders.Order, lines: Sequence[orders.Line], at: datetime) -> list[Entry]:
    """Lines have arrived whole: what is left of their payment goes to whom it belongs."""
    sums: list[Sum] = []
    for line in lines:
        payment = line.payment_minor - line.refunded_minor
        sums.append((Account(Purpose.PENDING, order.record_id), payment))
        sums += [
            (Account(part.purpose, part.owner), -minor)
            for part, minor in zip(line.parts, remaining(line), strict=True)
        ]
    reference = f"{order.id}:{','.join(str(line.pos) for line in lines)}"
    return [
        *entry("delivered", reference, at, sums, order.total.currency),
        *(made for line in lines for made in _supplied(line, at)),
    ]


def remaining(line: orders.Line) -> list[int]:
    """What each part is worth after what was given back before delivery."""
    return orders.left(line.parts, *line.gone)


def supply_minor(line: orders.Line, supply: Supply) -> int:
    """What the supplier is owed for the units of a line that arrived."""
    return supply.unit.minor * line.delivered


def _supplied(line: orders.Line, at: datetime) -> list[Entry]:
    supply = Supply.of(line)
    if supply is None:
        return []
    minor = supply_minor(line, supply)
    sums = [
        (Account(Purpose.COST_OF_GOODS), minor),
        (Account(Purpose.ON_HOLD, supply.supplier_id), -minor),
    ]
    return entry("supplied", f"{line.order_id}:{line.pos}", at, sums, supply.unit.currency)


def claims(order: orders.Order, line: orders.Line, at: datetime) -> list[settlement.NewClaim]:
    """What payees are owed for a line that arrived: the merchant, the creator, the supplier."""
    left = remaining(line)
    made = [
        _claim(order, line, at, part, (minor, _breakdown(line, part, left)))
        for part, minor in zip(line.parts, left, strict=True)
        if part.purpose == Purpose.ON_HOLD
    ]
    supply = Supply.of(line)
    if supply is not None:
        made.append(
            settlement.NewClaim(
                payee_id=supply.supplier_id,
                market=order.market,
                kind=SUPPLY,
                source_id=order.id,
                pos=line.pos,
                order_id=order.id,
                amount=Money(supply_minor(line, supply), supply.unit.currency),
                breakdown={"units": line.delivered, "unit_minor": supply.unit.minor},
                basis=ON_SALE,
                seller_type=order.seller_type,
                started_at=at,
                days=supply.days,
            )
        )
    return made


def _claim(
    order: orders.Order,
    line: orders.Line,
    at: datetime,
    part: orders.Part,
    worth: tuple[int, Mapping[str, int]],
) -> settlement.NewClaim:
    mine = part.owner == order.merchant_id and part.kind != orders.COMMISSION
    minor, breakdown = worth
    return settlement.NewClaim(
        payee_id=part.owner,
        shop_id=order.shop_id if mine else settlement.NO_SHOP,
        tier_shop=order.shop_id if order.record_id != PLATFORM else settlement.NO_SHOP,
        market=order.market,
        kind=SALE if mine else COMMISSION,
        source_id=order.id,
        pos=line.pos,
        order_id=order.id,
        amount=Money(minor, order.total.currency),
        breakdown=breakdown,
        basis=RETAIL,
        seller_type=order.seller_type,
        started_at=at,
        at_least_days=0 if mine else line.inputs["commission"]["days"],
    )


def _breakdown(line: orders.Line, of: orders.Part, left: Sequence[int]) -> dict[str, int]:
    """How a payee's amount comes about: the payment less everybody else's parts."""
    if of.kind == orders.COMMISSION:
        return {"base": of.base, "rate_ppm": of.rate_ppm}
    amounts = {"customer_payment": line.payment_minor - line.refunded_minor}
    for part, minor in zip(line.parts, left, strict=True):
        if part is not of:
            amounts[part.kind] = amounts.get(part.kind, 0) - minor
    return amounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal:
    """What a refund after delivery takes back of one line."""

    order: orders.Order
    line: orders.Line  # As it was before this refund.
    refund_id: int
    minor: int  # Of the payment.
    parts: tuple[int, ...]  # Of each part, adding up to `minor`.
    admin_fee: int
    supply: int  # Of the supplier's claim, in the supply's currency.
    at: datetime


def reversed_parts(line: orders.Line, more: int, *, keep_commission: bool) -> tuple[int, ...]:
    """Each part's share of a refund that takes `more` of the line (`Line.gone`).

    Commission that the creator keeps is borne by the seller's part.
    """
    before, of = line.gone
    shares = orders.reversed_share(line.parts, before, before + more, of)
    if not keep_commission:
        return tuple(shares)
    kept = sum(
        share
        for part, share in zip(line.parts, shares, strict=True)
        if part.kind in {orders.COMMISSION, orders.COMMISSION_BORNE}
    )
    bearer = {orders.NET, orders.SALES}
    return tuple(
        0
        if part.kind in {orders.COMMISSION, orders.COMMISSION_BORNE}
        else share + kept
        if part.kind in bearer
        else share
        for part, share in zip(line.parts, shares, strict=True)
    )


def supply_reversal(line: orders.Line, more: int, supply: Supply) -> int:
    """The share of a supplier's claim that goes with a refund."""
    before, of = line.gone
    return step(supply_minor(line, supply), before, before + more, of)


def refunded(back: Reversal) -> list[Entry]:
    """A refund after delivery: every part gives back its share."""
    order, line = back.order, back.line
    sums: list[Sum] = [(Account(Purpose.BUYER_CLEARING), -back.minor)]
    sums += [
        (Account(part.purpose, part.owner), minor)
        for part, minor in zip(line.parts, back.parts, strict=True)
    ]
    reference, currency = f"{back.refund_id}:{line.pos}", order.total.currency
    made = entry("refunded", reference, back.at, sums, currency)
    if back.admin_fee:
        kind = "refund_administration_fee"
        fee = [
            (Account(Purpose.ON_HOLD, order.merchant_id), back.admin_fee),
            (Account(f"{Purpose.FEE_REVENUE}:{kind}"), -back.admin_fee),
        ]
        made += entry(kind, reference, back.at, fee, currency)
    supply = Supply.of(line)
    if supply is not None and back.supply:
        owed = [
            (Account(Purpose.ON_HOLD, supply.supplier_id), back.supply),
            (Account(Purpose.COST_OF_GOODS), -back.supply),
        ]
        made += entry("supply_reversed", reference, back.at, owed, supply.unit.currency)
    return made


def corrections(back: Reversal) -> list[settlement.NewClaim]:
    """The negative claims of a refund: rows of their own, never edits."""
    order, line = back.order, back.line
    made = [
        _correction(back, part.owner, SALE if part.kind == orders.NET else COMMISSION, -minor)
        for part, minor in zip(line.parts, back.parts, strict=True)
        if part.purpose == Purpose.ON_HOLD and (minor or part.kind == orders.NET)
    ]
    made = [_in_detail(claim, back) if claim.follows == SALE else claim for claim in made]
    supply = Supply.of(line)
    if supply is not None and back.supply:
        owed = Money(-back.supply, supply.unit.currency)
        made.append(_correction(back, supply.supplier_id, SUPPLY, owed.minor, owed.currency))
    return [claim for claim in made if claim.amount.minor or order.total.minor == 0]


def _correction(
    back: Reversal,
    payee: OrganisationId,
    follows: str,
    minor: int,
    currency: Currency | None = None,
) -> settlement.NewClaim:
    order = back.order
    return settlement.NewClaim(
        payee_id=payee,
        shop_id=order.shop_id if follows == SALE else settlement.NO_SHOP,
        market=order.market,
        kind=f"{REFUND}_{follows}",
        source_id=back.refund_id,
        pos=back.line.pos,
        order_id=order.id,
        amount=Money(minor, currency or order.total.currency),
        breakdown={"refund": minor},
        basis=ON_SALE if follows == SUPPLY else RETAIL,
        seller_type=order.seller_type,
        started_at=back.at,
        follows=follows,
    )


def _in_detail(claim: settlement.NewClaim, back: Reversal) -> settlement.NewClaim:
    """The seller's correction as its sale was told: the payment less everybody else's parts."""
    amounts = {"customer_payment": -back.minor}
    for part, minor in zip(back.line.parts, back.parts, strict=True):
        if part.kind != orders.NET and minor:
            amounts[part.kind] = amounts.get(part.kind, 0) + minor
    if back.admin_fee:
        amounts["refund_administration_fee"] = -back.admin_fee
    amount = Money(claim.amount.minor - back.admin_fee, claim.amount.currency)
    return replace(claim, amount=amount, breakdown=amounts)


def received_claim(
    receipt_id: int,
    supplier: OrganisationId,
    market: str,
    cost: Cost,
    terms: tuple[datetime, int | None],
) -> settlement.NewClaim:
    """What a supplier is owed for goods that were accepted, from the day of the receipt."""
    at, days = terms
    return settlement.NewClaim(
        payee_id=supplier,
        market=market,
        kind=RECEIPT,
        source_id=receipt_id,
        amount=Money(cost.minor, cost.currency),
        breakdown={"goods": cost.minor},
        basis=ON_RECEIPT,
        seller_type="cross_border",
        started_at=at,
        days=days,
    )
