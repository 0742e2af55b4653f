"""Money that goes back to buyers after hand-over, and what it takes back of everybody's share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from entrepot.contexts import aftersales, inventory, ledger, orders, payments, settlement
from entrepot.contexts.aftersales import Reason
from entrepot.contexts.inventory import Cost
from entrepot.contexts.orders import Bounced, Line, Order, OrderId, Side, TakeBack
from entrepot.kernel.money import share
from entrepot.kernel.problems import BadInput, Forbidden, Problem, each
from entrepot.kernel.tx import Tx
from entrepot.rulebook import Commission, Fee, Mode, version

from . import money
from .money import Reversal, Supply


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundWish:
    """A wish to give a buyer money back for one line, and to count units that came back."""

    order_id: OrderId
    pos: int
    minor: int | None = None  # None: the share of the returned units, or all that is left.
    units: int = 0
    reason: Reason
    by: Side = Side.MERCHANT
    restock: bool = False
    at: datetime | None = None


def refund(tx: Tx, wishes: Sequence[RefundWish]) -> list[aftersales.Refund | Problem]:
    """Refund lines, with an outcome for each wish. A line comes once in a batch.

    Asked of the merchant's people who may refund and of the platform's.
    """
    found = orders.by_ids(tx, [wish.order_id for wish in wishes])
    return _carried_out(tx, wishes, [_approved(tx, order) for order in found])


def carry_out(tx: Tx, wishes: Sequence[RefundWish]) -> list[aftersales.Refund | Problem]:
    """The same for flows, which decided it: no permission is asked."""
    held = orders.to_move(tx, {wish.order_id for wish in wishes})
    return _carried_out(tx, wishes, [held[wish.order_id] for wish in wishes])


def _approved(tx: Tx, order: Order | Problem) -> Order | Problem:
    if isinstance(order, Problem):
        return order
    if not tx.actor.may(aftersales.Permission.APPROVE, order.merchant_id):
        return Forbidden("refund:approve is not granted to you")
    return order


def _carried_out(
    tx: Tx, wishes: Sequence[RefundWish], found: Sequence[Order | Problem]
) -> list[aftersales.Refund | Problem]:
    """What was not delivered yet goes back out of what waits; the rest takes of every part."""
    lines = {
        (line.order_id, line.pos): line
        for line in orders.lines(tx, [o.id for o in found if isinstance(o, Order)])
    }
    outcomes: dict[int, aftersales.Refund | Problem] = {}
    ready: list[tuple[int, TakeBack]] = []
    for n, (wish, order) in enumerate(zip(wishes, found, strict=True)):
        asked = _asked(wish, order, lines)
        if isinstance(asked, Problem):
            outcomes[n] = asked
        else:
            ready.append((n, asked))
    taken = orders.take_back(tx, [asked for _, asked in ready])
    done: list[tuple[int, TakeBack, Order, Line]] = []
    for (n, asked), outcome in zip(ready, taken, strict=True):
        if isinstance(outcome, Problem):
            outcomes[n] = outcome
        else:
            done.append((n, asked, *outcome))
    outcomes |= _refunded(tx, wishes, done)
    return [outcomes[n] for n in range(len(wishes))]


def give_back(
    tx: Tx, bounced: Sequence[Bounced], times: Mapping[OrderId, datetime], reason: Reason
) -> None:
    """Refund what will not arrive; its units and sums are counted on the lines already."""
    wishes = [
        aftersales.NewRefund(
            order_id=order.order.id,
            merchant_id=order.order.merchant_id,
            currency=order.order.total.currency,
            reason=reason,
            asked_by=Side.PLATFORM,
            lines=tuple(
                aftersales.RefundLine(
                    pos=line.pos,
                    minor=order.refund_minor[line.pos],
                    before_minor=line.refunded_minor - order.refund_minor[line.pos],
                    payment_minor=line.payment_minor,
                )
                for line in order.lines
                if line.pos in order.refund_minor
            ),
            at=times[order.order.id],
        )
        for order in bounced
    ]
    refunds = aftersales.record(tx, wishes)
    by_id = {order.order.id: order.order for order in bounced}
    ledger.post(
        tx,
        [
            made
            for refund in refunds
            for made in money.given_back(
                "refunded_undelivered",
                refund.id,
                by_id[refund.order_id],
                refund.amount.minor,
                refund.at,
            )
        ],
    )
    _pay_back(tx, [(refund, by_id[refund.order_id]) for refund in refunds])


def restock(
    tx: Tx,
    units: Sequence[orders.Units],
    references: Mapping[OrderId, int | str],
    times: Mapping[OrderId, datetime],
) -> None:
    """Put units on the shelf again; bought-out ones are on the books again at their cost."""
    wishes = [
        inventory.Units(order_id=unit.order_id, pos=unit.pos, quantity=unit.quantity)
        for unit in units
    ]
    back = inventory.restock(tx, wishes)
    ledger.post(
        tx,
        [
            made
            for unit, cost in zip(units, back, strict=True)
            if isinstance(cost, Cost)
            for made in money.restocked(
                f"{references[unit.order_id]}:{unit.pos}", cost, times[unit.order_id]
            )
        ],
    )


Lines = Mapping[tuple[OrderId, int], Line]


def _asked(wish: RefundWish, order: Order | Problem, lines: Lines) -> TakeBack | Problem:
    if isinstance(order, Problem):
        return order
    line = lines.get((wish.order_id, wish.pos))
    if line is None:
        return BadInput("pos", f"a line of order {order.id}", order_id=str(order.id))
    left = line.payment_minor - line.refunded_minor
    minor = wish.minor
    if minor is None:
        minor = min(left, line.worth(wish.units)) if wish.units else left
    if order.paid_at is None or (not minor and not wish.units):
        return BadInput("minor", f"what was paid and not refunded yet: {left} at most")
    return TakeBack(order_id=order.id, pos=line.pos, minor=minor, returned=wish.units)


def _refunded(
    tx: Tx,
    wishes: Sequence[RefundWish],
    done: Sequence[tuple[int, TakeBack, Order, Line]],
) -> dict[int, aftersales.Refund | Problem]:
    times = {n: wishes[n].at or tx.now for n, _, _, _ in done}
    refunds = aftersales.record(
        tx,
        [_record(order, line, asked, (wishes[n], times[n])) for n, asked, order, line in done],
    )
    made = [
        (refund, order, line, asked)
        for refund, (_, asked, order, line) in zip(refunds, done, strict=True)
    ]
    early = [row for row in made if not row[2].arrived]
    late = [row for row in made if row[2].arrived]
    ledger.post(
        tx,
        [
            entry
            for refund, order, _, _ in early
            for entry in money.given_back(
                "refunded_undelivered", refund.id, order, refund.amount.minor, refund.at
            )
        ],
    )
    backs = _reversals(tx, [(refund, order, line) for refund, order, line, _ in late])
    ledger.post(tx, [entry for back in backs for entry in money.refunded(back)])
    settlement.claim(tx, [claim for back in backs for claim in money.corrections(back)])
    _pay_back(tx, [(refund, order) for refund, order, _, _ in made])
    shelved = [
        (refund, asked)
        for (n, *_), (refund, _, _, asked) in zip(done, made, strict=True)
        if wishes[n].restock and asked.returned
    ]
    restock(
        tx,
        [
            orders.Units(order_id=asked.order_id, pos=asked.pos, quantity=asked.returned)
            for _, asked in shelved
        ],
        {refund.order_id: refund.id for refund, _ in shelved},
        {refund.order_id: refund.at for refund, _ in shelved},
    )
    return {n: refund for (n, *_), refund in zip(done, refunds, strict=True)}


def _reversals(tx: Tx, late: Sequence[tuple[aftersales.Refund, Order, Line]]) -> list[Reversal]:
    if not late:
        return []
    terms = orders.terms(tx, {line.terms_id for _, _, line in late})
    claims = settlement.claims_of_orders(tx, {order.id for _, order, _ in late})
    settled = {
        (claim.order_id, claim.pos)
        for claim in claims
        if claim.kind == money.COMMISSION and claim.statement_id is not None
    }
    return [
        _reversal(
            tx,
            (refund, order, line),
            terms[line.terms_id],
            kept=(order.id, line.pos) in settled and _keeps(tx, terms[line.terms_id], line),
        )
        for refund, order, line in late
    ]


def _reversal(
    tx: Tx,
    one: tuple[aftersales.Refund, Order, Line],
    terms: orders.Terms,
    *,
    kept: bool,
) -> Reversal:
    refund, order, line = one
    flags, supply = Mode.model_validate(terms.content["flags"]), Supply.of(line)
    bears = flags.return_cost_bearer == "merchant"
    units = sum(part.units for part in refund.lines)
    more = refund.amount.minor if line.payment_minor else units
    return Reversal(
        order=order,
        line=line,
        refund_id=refund.id,
        minor=refund.amount.minor,
        parts=money.reversed_parts(line, more, keep_commission=kept),
        admin_fee=_admin_fee(tx, terms, line, more)
        if flags.merchant_of_record == "merchant"
        else 0,
        supply=money.supply_reversal(line, more, supply) if supply and bears else 0,
        at=refund.at,
    )


def _keeps(tx: Tx, terms: orders.Terms, line: Line) -> bool:
    """Whether a creator keeps commission that is settled when the sale is refunded later."""
    rule = terms.content["rules"].get("commission")
    if rule is None or line.inputs.get("commission") is None:
        return False
    row: Commission = version(tx, rule).row(line.inputs["case"])
    return row.refund_after_payout == "keep"


def _admin_fee(tx: Tx, terms: orders.Terms, line: Line, more: int) -> int:
    """What the platform charges for refunds of this line, on the running total of them."""
    rows: list[Fee] = version(tx, terms.content["rules"]["fees"]).each(
        {**line.inputs["case"], "on": "refund"}, by="kind"
    )
    charged = 0
    for row in rows:
        before, of = line.gone
        charged += row.of(_taken(line, before + more, of)) - row.of(_taken(line, before, of))
    return charged


def _taken(line: Line, gone: int, of: int) -> dict[str, int]:
    """What refunds of so much have taken back, as the components that a fee's base can name."""
    names = ("list", "seller_discount", "platform_discount", "shipping", "tax")
    amounts = {name: getattr(line, f"{name}_minor") for name in names}
    amounts["net_goods"] = (
        amounts["list"] - amounts["seller_discount"] - amounts["platform_discount"]
    )
    amounts |= {"customer_payment": line.payment_minor, "shipping_discount": 0}
    amounts |= {f"fee:{part.kind}": part.minor for part in line.parts if part.rate_ppm}
    return {name: share(minor, gone, of) for name, minor in amounts.items()}


def _record(
    order: Order, line: Line, asked: TakeBack, why: tuple[RefundWish, datetime]
) -> aftersales.NewRefund:
    wish, at = why
    return aftersales.NewRefund(
        order_id=order.id,
        merchant_id=order.merchant_id,
        currency=order.total.currency,
        reason=wish.reason,
        asked_by=wish.by,
        lines=(
            aftersales.RefundLine(
                pos=line.pos,
                units=asked.returned,
                minor=asked.minor,
                before_minor=line.refunded_minor,
                payment_minor=line.payment_minor,
            ),
        ),
        at=at,
    )


def _pay_back(tx: Tx, refunds: Sequence[tuple[aftersales.Refund, Order]]) -> None:
    each(
        payments.refund(
            tx,
            [
                payments.NewRefund(
                    group_id=order.group_id,
                    amount=refund.amount,
                    reference=f"refund:{refund.id}",
                )
                for refund, order in refunds
                if refund.amount.minor
            ],
        )
    )
