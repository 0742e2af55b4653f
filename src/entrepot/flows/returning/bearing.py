"""Who bears what cases cost beside their refunds: ways back, and refunds of the platform's choice.

A refund takes back everybody's share, the seller's first of all. Where the goods stay with the
buyer, the platform decided it, and the reason was not the seller's fault, the platform makes up
for what the seller lost. A way back for which the seller of record gave a label is borne by the
buyer, whose refund is smaller, or by the seller or the platform, whose claim changes.
"""

from collections.abc import Mapping, Sequence

from entrepot.contexts import aftersales, ledger, orders, settlement
from entrepot.contexts.aftersales import Bearer, Case, CaseStep, Refund, Role, Ruling
from entrepot.contexts.ledger import PLATFORM, Account, Entry, Purpose
from entrepot.contexts.orders import Line, Order, OrderId
from entrepot.contexts.settlement import NO_SHOP, Claim, NewClaim
from entrepot.flows import money
from entrepot.flows.money import COMPENSATION, RETURN_SHIPPING
from entrepot.kernel.money import Money, share
from entrepot.kernel.tx import Tx
from entrepot.rulebook import AftersaleCosts, Market, Mode, Version
from entrepot.rulebook import of as rules_of

LOST = {f"{money.REFUND}_{kind}": kind for kind in (money.SALE, money.SUPPLY)}
SELLER_AND_PLATFORM = {Bearer.MERCHANT, Bearer.PLATFORM}
Lines = Mapping[tuple[OrderId, int], Line]


def costs(tx: Tx, order: Order) -> Version[AftersaleCosts]:
    """The rule of costs that holds for an order's cases: of the day on which it was placed."""
    book = rules_of(tx)
    market = book.on(Market, order.market, order.placed_at.date()).row({})
    return book.on(AftersaleCosts, order.market, market.day_of(order.placed_at))


def bearer(tx: Tx, order: Order, *, seller_fault: bool) -> Bearer:
    """Who bears the way back of an order's goods: by the mode's flag if the seller is at fault."""
    if seller_fault:
        [flags] = _flags(tx, orders.lines(tx, [order.id])[:1])
        return Bearer(flags.return_cost_bearer)
    case = {"mode": order.mode, "seller_type": order.seller_type}
    return Bearer(costs(tx, order).row(case).way_back_bearer)


def answered_for(tx: Tx, step: CaseStep, after: Case) -> bool:
    """Whether the platform makes up for what the seller loses by this decision."""
    if after.seller_fault or after.came_back:
        return False
    return _decided_by(step, after) in aftersales.costs(tx, after).compensates


def compensate(tx: Tx, refunds: Sequence[tuple[Refund, Case]]) -> None:
    """Make up for what sellers lost by refunds, as the corrections of their claims say.

    Nothing is lost by a refund of what has not arrived: its claim was not made yet.
    """
    if not refunds:
        return
    by_refund = {int(refund.id): (refund, case) for refund, case in refunds}
    found = settlement.claims_of_orders(tx, {refund.order_id for refund, _ in refunds})
    lost = [claim for claim in found if claim.kind in LOST and claim.source_id in by_refund]
    made = [_compensation(tx, claim, *by_refund[claim.source_id]) for claim in lost]
    settlement.claim(tx, [claim for claim in made if claim.amount.minor])
    ledger.post(tx, [entry for claim in made for entry in _compensated(claim)])


def charge_ways_back(tx: Tx, granted: Sequence[Case], lines: Lines) -> None:
    """Settle the labels by which goods came: between the seller and the platform.

    Whoever bears what they paid the carrier themselves owes nobody anything; what a buyer bears
    was not refunded.
    """
    came = [case for case in granted if case.sent_at is not None and case.way_back_minor]
    if not came:
        return
    firsts = [lines[case.order_id, case.lines[0].pos] for case in came]
    made = [
        _way_back(case, line, flags)
        for case, line, flags in zip(came, firsts, _flags(tx, firsts), strict=True)
        if {Bearer(flags.merchant_of_record), case.way_back_bearer} == SELLER_AND_PLATFORM
    ]
    settlement.claim(tx, made)
    ledger.post(tx, [entry for claim in made for entry in _charged(claim)])


def _flags(tx: Tx, lines: Sequence[Line]) -> list[Mode]:
    """The responsibilities under which each of these lines was sold."""
    terms = orders.terms(tx, {line.terms_id for line in lines})
    return [Mode.model_validate(terms[line.terms_id].content["flags"]) for line in lines]


def _decided_by(step: CaseStep, after: Case) -> str:
    if after.ruling is Ruling.SUPPORT_BUYER:
        return "ruling"
    return {Role.OPERATOR: "operator", Role.SYSTEM: "clock"}.get(step.role, "")


def _compensation(tx: Tx, lost: Claim, refund: Refund, case: Case) -> NewClaim:
    minor = share(-lost.amount.minor, aftersales.costs(tx, case).compensated_bp, 10_000)
    return NewClaim(
        payee_id=lost.payee_id,
        shop_id=lost.shop_id,
        market=lost.market,
        kind=COMPENSATION,
        source_id=lost.source_id,
        pos=lost.pos,
        order_id=lost.order_id,
        amount=Money(minor, lost.amount.currency),
        breakdown={COMPENSATION: minor},
        basis=lost.basis,
        seller_type=case.seller_type,
        started_at=refund.at,
        follows=LOST[lost.kind],
        rule=case.costs,
    )


def _compensated(claim: NewClaim) -> list[Entry]:
    amount = claim.amount
    sums = [
        (Account(Purpose.REFUND_EXPENSE), amount.minor),
        (Account(Purpose.ON_HOLD, claim.payee_id), -amount.minor),
    ]
    reference = f"{claim.source_id}:{claim.pos}:{claim.payee_id}"
    return money.entry("compensated", reference, claim.started_at, sums, amount.currency)


def _way_back(case: Case, line: Line, flags: Mode) -> NewClaim:
    """What the bearer owes whoever gave the label, as a claim of the seller."""
    owed = case.way_back_bearer is Bearer.PLATFORM
    minor = case.way_back_minor if owed else -case.way_back_minor
    own = flags.merchant_of_record == "merchant"
    return NewClaim(
        payee_id=case.merchant_id,
        shop_id=case.shop_id if own else NO_SHOP,
        tier_shop=case.shop_id if own else NO_SHOP,
        market=case.market,
        kind=RETURN_SHIPPING,
        source_id=int(case.id),
        pos=line.pos,
        order_id=case.order_id,
        amount=Money(minor, case.currency),
        breakdown={RETURN_SHIPPING: minor},
        basis=flags.settlement_basis,
        seller_type=case.seller_type,
        started_at=case.changed_at,
        rule=case.costs,
    )


def _charged(claim: NewClaim) -> list[Entry]:
    """The platform's side is its expense, or what it takes in for ways back."""
    minor = claim.amount.minor
    ours = Purpose.REFUND_EXPENSE if minor > 0 else ledger.fee_revenue(RETURN_SHIPPING)
    sums = [(Account(ours, PLATFORM), minor), (Account(Purpose.ON_HOLD, claim.payee_id), -minor)]
    at, currency = claim.started_at, claim.amount.currency
    return money.entry(RETURN_SHIPPING, claim.source_id, at, sums, currency)
