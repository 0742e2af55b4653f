"""What the platform's finance and risk do by hand: rates, the bank's statement, holds."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import Query
from pydantic import AwareDatetime, Field

from entrepot.contexts import orders, settlement
from entrepot.contexts.orders import OrderId
from entrepot.contexts.settlement import (
    BankLine,
    ByHand,
    HoldId,
    Lack,
    NewFreeze,
    OwnRate,
    PayoutId,
    StatementId,
    Thaw,
    Wait,
)
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id
from entrepot.kernel.money import Currency, Money
from entrepot.kernel.problems import Forbidden, NotFound, only
from entrepot.kernel.tx import Tx

from .calls import ThisCall
from .problems import refusals
from .routing import noun
from .settlements import AskReason, PayoutDetail, payout_detail
from .views import Asked, MoneyView, Text, View, example

router = noun(tag="finance")


class WaitView(View):
    """A payee's settled money that is not paid out yet, and what it lacks."""

    payee_id: OrganisationId
    market: str
    amount: MoneyView
    lacks: Lack
    payout_currency: Currency | None
    since_at: datetime


class AskRate(Asked):
    """Units of the currency for one euro, as the operator or its bank has it."""

    model_config = example({"per_euro": "27150.5", "source": "State Bank, central rate"})

    per_euro: Annotated[Decimal, Field(gt=0, max_digits=24, decimal_places=10)]
    source: Text


class RateView(View):
    currency: Currency
    day_on: date
    per_euro: str
    source: str


class AskBankLine(Asked):
    """A payment on the bank's statement that no payout of ours knows."""

    model_config = example(
        {
            "payee_id": "144115188075855873",
            "currency": "USD",
            "paid_minor": 125000,
            "paid_currency": "USD",
            "reference": "BANK-2024-77",
            "paid_at": "2024-04-18T10:00:00Z",
        }
    )

    payee_id: OrganisationId
    currency: Currency
    paid_minor: Annotated[int, Field(gt=0, le=10**15)]
    paid_currency: Currency
    reference: Text
    paid_at: AwareDatetime
    statements: Annotated[tuple[StatementId, ...], Field(max_length=1_000)] = ()


class HoldView(View):
    """A hold that somebody opened by hand. `note` says why; closed, also why it was closed."""

    id: HoldId
    order_id: Id
    note: str
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    closed_by: str


@router.get("/waiting-payouts")
def list_waiting_payouts(
    call: ThisCall, payee_id: Annotated[OrganisationId | None, Query()] = None
) -> list[WaitView]:
    """What is settled and not paid out, with what it lacks."""
    rows: list[Wait] = call.signed_in(lambda tx: settlement.waiting(tx, payee_id))
    return [WaitView.model_validate(row) for row in rows]


@router.post(
    "/payouts/{payout_id}/return", status_code=201, responses=refusals(NotFound, Forbidden)
)
def return_payout(payout_id: PayoutId, body: AskReason, call: ThisCall) -> PayoutDetail:
    """The bank sent a paid payout back: the money is available to its payee again."""

    def take_back(tx: Tx) -> PayoutId:
        return only(settlement.take_back(tx, [payout_id], body.reason, tx.now)).id

    return call.once(PayoutId, take_back, payout_detail)


@router.post(
    "/bank-lines",
    status_code=201,
    responses=refusals(
        Forbidden,
        settlement.NoPayoutAccount,
        settlement.BankLineDiffers,
        settlement.AlreadyBooked,
    ),
)
def book_bank_line(body: AskBankLine, call: ThisCall) -> PayoutDetail:
    """Book a payout that only the bank knows, over statements that look unpaid."""
    line = BankLine(
        payee_id=body.payee_id,
        currency=body.currency,
        paid=Money(body.paid_minor, body.paid_currency),
        reference=body.reference,
        paid_at=body.paid_at,
        statements=body.statements,
    )
    return call.once(PayoutId, lambda tx: only(settlement.book(tx, [line])).id, payout_detail)


@router.get("/exchange-rates", responses=refusals(Forbidden))
def list_exchange_rates(
    call: ThisCall, currency: Annotated[Currency | None, Query()] = None
) -> list[RateView]:
    """The operator's own rates, the latest day first."""
    return call.signed_in(lambda tx: [_rate(row) for row in settlement.own_rates(tx, currency)])


@router.put("/exchange-rates/{currency}/{day_on}", responses=refusals(Forbidden))
def set_exchange_rate(currency: Currency, day_on: date, body: AskRate, call: ThisCall) -> RateView:
    """Set a day's rate of a currency that nobody else quotes. Payouts that wait for it are made."""
    rate = OwnRate(currency=currency, day_on=day_on, **body.model_dump())
    return call.signed_in(lambda tx: _rate(only(settlement.set_rates(tx, [rate]))))


@router.get("/orders/{order_id}/holds", responses=refusals(NotFound, Forbidden))
def list_holds(order_id: OrderId, call: ThisCall) -> list[HoldView]:
    """The holds on an order's claims that people opened."""

    def show(tx: Tx) -> list[HoldView]:
        only(orders.by_ids(tx, [order_id]))
        return [HoldView.model_validate(row) for row in settlement.holds_by_hand(tx, order_id)]

    return call.signed_in(show)


@router.post("/orders/{order_id}/holds", status_code=201, responses=refusals(NotFound, Forbidden))
def hold_claims(order_id: OrderId, body: AskReason, call: ThisCall) -> HoldView:
    """Keep everybody's claims on an order off statements until somebody lets them go."""

    def hold(tx: Tx) -> HoldId:
        only(orders.by_ids(tx, [order_id]))
        wish = NewFreeze(order_id=order_id, note=body.reason)
        return only(settlement.freeze(tx, [wish])).id

    return call.once(HoldId, hold, _shown_of(order_id))


@router.post(
    "/orders/{order_id}/holds/{hold_id}/release",
    status_code=201,
    responses=refusals(NotFound, Forbidden),
)
def release_claims(order_id: OrderId, hold_id: HoldId, body: AskReason, call: ThisCall) -> HoldView:
    """Let claims go that were held by hand; they go on the next statement."""

    def release(tx: Tx) -> HoldId:
        only(orders.by_ids(tx, [order_id]))
        _hold(settlement.holds_by_hand(tx, order_id), hold_id)
        return only(settlement.thaw(tx, [Thaw(id=hold_id, note=body.reason)])).id

    return call.once(HoldId, release, _shown_of(order_id))


def _rate(rate: OwnRate) -> RateView:
    return RateView(
        currency=rate.currency,
        day_on=rate.day_on,
        per_euro=f"{rate.per_euro.normalize():f}",
        source=rate.source,
    )


def _shown_of(order_id: OrderId) -> Callable[[Tx, HoldId], HoldView]:
    return lambda tx, hold: _hold(settlement.holds_by_hand(tx, order_id), hold)


def _hold(rows: list[ByHand], id: HoldId) -> HoldView:
    for row in rows:
        if row.id == id:
            return HoldView.model_validate(row)
    raise NotFound("hold", id)
