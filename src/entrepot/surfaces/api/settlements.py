"""Statements, payouts, payout accounts and tiers, for payees and the platform's finance."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Query
from pydantic import StringConstraints

from entrepot.contexts import identity, merchants, settlement
from entrepot.contexts.merchants import ShopId
from entrepot.contexts.settlement import (
    Claim,
    ClaimId,
    Lack,
    Payout,
    PayoutAccount,
    PayoutAccountId,
    PayoutId,
    State,
    Statement,
    StatementId,
)
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id, new_ids
from entrepot.kernel.money import Currency
from entrepot.kernel.problems import Forbidden, NotFound, only
from entrepot.kernel.tx import Tx

from .calls import ThisCall
from .problems import refusals
from .routing import noun
from .views import (
    NO_NUL,
    After,
    Asked,
    Limit,
    MoneyView,
    Page,
    Paging,
    Text,
    View,
    after_id,
    after_time,
    cursor_at,
    cursor_id,
    example,
    page,
)

router = noun(tag="settlement")

Number = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=NO_NUL)]


class StatementView(View):
    """One payee's settled claims of one market day."""

    id: StatementId
    payee_id: OrganisationId
    shop_id: Id
    market: str
    stated_on: date
    due_at: datetime
    claims: int
    amount: MoneyView
    reserved: MoneyView
    reserve_consumed: MoneyView
    reserve_released: MoneyView
    net: MoneyView
    payout_id: PayoutId | None


class StatementDetail(StatementView):
    """A statement; `waits_for` says what its payee's money lacks if it is settled and unpaid."""

    waits_for: Lack | None


class ClaimView(View):
    """One line of a statement, with what it is made of and the rules that dated it."""

    id: ClaimId
    kind: str
    order_id: Id | None
    source_id: Id
    pos: int
    amount: MoneyView
    breakdown: dict[str, int]
    tier: str | None
    rules: list[str]
    started_at: datetime
    eligible_at: datetime
    reserved: MoneyView
    reserve_until: datetime | None


class RateView(View):
    num: int
    den: int
    day_on: date
    source: str


class PayoutView(View):
    id: PayoutId
    payee_id: OrganisationId
    state: State
    amount: MoneyView
    payout: MoneyView
    rate: RateView | None
    reason: str
    provider_reference: str | None
    due_at: datetime
    changed_at: datetime
    approved_by: str | None
    rule: str


class PayoutDetail(PayoutView):
    statements: list[StatementId]


class TierView(View):
    """A month's settlement tier and what decided it. No score is not a score of zero."""

    month_on: date
    tier: str
    score: int | None
    shipped_orders: int
    source: str
    rule: str


class AccountView(View):
    id: PayoutAccountId
    payee_id: OrganisationId
    currency: Currency
    method: str
    holder: str
    number_ends: str
    changed_at: datetime


class AskAccount(Asked):
    model_config = example(
        {
            "payee_id": "144115188075855873",
            "currency": "USD",
            "method": "sandbox",
            "holder": "A merchant",
            "number": "000123456789",
        }
    )

    payee_id: OrganisationId
    currency: Currency
    method: Literal["sandbox", "sepa", "csv"]
    holder: Text
    number: Number
    bank_code: Annotated[str, StringConstraints(max_length=32, pattern=NO_NUL)] = ""


class AskReason(Asked):
    model_config = example({"reason": "account under review"})

    reason: Text


class Wanted(Paging):
    payee_id: OrganisationId | None = None
    shop_id: ShopId | None = None


class WantedPayouts(Paging):
    payee_id: OrganisationId | None = None


@router.get("/statements")
def list_statements(ask: Annotated[Wanted, Query()], call: ThisCall) -> Page[StatementView]:
    """Statements, newest first."""
    after = after_time(ask.after, StatementId)
    rows = call.signed_in(
        lambda tx: settlement.statement_page(
            tx, payee=ask.payee_id, shop=ask.shop_id, after=after, limit=ask.limit
        )
    )
    return page(rows, ask.limit, statement_of, lambda row: cursor_at(row.due_at, row.id))


@router.get("/statements/{statement_id}", responses=refusals(NotFound))
def read_statement(statement_id: StatementId, call: ThisCall) -> StatementDetail:
    """One statement."""

    def show(tx: Tx) -> StatementDetail:
        view = statement_of(only(settlement.statements(tx, [statement_id])))
        waits = settlement.waiting(tx, view.payee_id) if view.payout_id is None else []
        lacks = [one.lacks for one in waits if one.amount.currency is view.amount.currency]
        return StatementDetail(**dict(view), waits_for=lacks[0] if lacks else None)

    return call.signed_in(show)


@router.get("/statements/{statement_id}/lines", responses=refusals(NotFound))
def read_statement_lines(
    statement_id: StatementId,
    call: ThisCall,
    after: Annotated[After, Query()] = None,
    limit: Annotated[Limit, Query()] = 100,
) -> Page[ClaimView]:
    """What a statement consists of, claim by claim."""
    start = after_id(after, ClaimId)

    def show(tx: Tx) -> list[Claim]:
        only(settlement.statements(tx, [statement_id]))
        return settlement.claims_of_statement(tx, statement_id, after=start, limit=limit)

    rows = call.signed_in(show)
    return page(rows, limit, _claim, lambda row: cursor_id(row.id))


@router.get("/payouts")
def list_payouts(ask: Annotated[WantedPayouts, Query()], call: ThisCall) -> Page[PayoutView]:
    """Payouts, newest first."""
    after = after_time(ask.after, PayoutId)
    rows = call.signed_in(
        lambda tx: settlement.payout_page(tx, payee=ask.payee_id, after=after, limit=ask.limit)
    )
    return page(rows, ask.limit, payout_of, lambda row: cursor_at(row.due_at, row.id))


@router.get("/payouts/{payout_id}", responses=refusals(NotFound))
def read_payout(payout_id: PayoutId, call: ThisCall) -> PayoutDetail:
    """One payout with the statements that it pays."""
    return call.signed_in(lambda tx: payout_detail(tx, payout_id))


@router.post(
    "/payouts/{payout_id}/approval",
    status_code=201,
    responses=refusals(NotFound, settlement.SecondPerson),
)
def approve_payout(payout_id: PayoutId, call: ThisCall) -> PayoutDetail:
    """Agree to a payout above the limit."""
    return call.once(
        PayoutId, lambda tx: only(settlement.approve(tx, [payout_id])).id, payout_detail
    )


@router.post("/payouts/{payout_id}/stop", status_code=201, responses=refusals(NotFound, Forbidden))
def stop_payout(payout_id: PayoutId, body: AskReason, call: ThisCall) -> PayoutDetail:
    """Keep a payout from being sent."""
    return call.once(
        PayoutId, lambda tx: only(settlement.stop(tx, [payout_id], body.reason)).id, payout_detail
    )


@router.post("/payouts/{payout_id}/retry", status_code=201, responses=refusals(NotFound, Forbidden))
def retry_payout(payout_id: PayoutId, call: ThisCall) -> PayoutDetail:
    """Ask again for a payout that failed, came back or was stopped."""
    return call.once(PayoutId, lambda tx: only(settlement.retry(tx, [payout_id])).id, payout_detail)


@router.post("/payout-accounts", status_code=201, responses=refusals(NotFound))
def set_account(body: AskAccount, call: ThisCall) -> AccountView:
    """Make this the account to which a payee is paid from now on."""

    def set_(tx: Tx) -> OrganisationId:
        [id] = new_ids(tx.sql, PayoutAccountId, 1)
        account = PayoutAccount(
            id=id,
            payee_id=body.payee_id,
            currency=body.currency,
            method=body.method,
            holder=body.holder,
            number=body.number,
            bank_code=body.bank_code,
            state="active",
            changed_at=tx.now,
            changed_by=tx.actor.answerable,
        )
        known = identity.known(tx, [body.payee_id])
        if body.payee_id not in known:
            raise NotFound("payee", body.payee_id)
        return only(settlement.set_accounts(tx, [account])).payee_id

    return call.once(OrganisationId, set_, _account)


@router.get("/shops/{shop_id}/tiers", responses=refusals(NotFound))
def read_tiers(shop_id: ShopId, call: ThisCall) -> list[TierView]:
    """A shop's settlement tiers and what decided them, newest month first."""

    def show(tx: Tx) -> list[TierView]:
        shop = only(merchants.by_ids(tx, [shop_id]))
        found = settlement.tiers(tx, shop_id, shop.merchant_id)
        return [TierView.model_validate(tier) for tier in found]

    return call.signed_in(show)


def statement_of(row: Statement) -> StatementView:
    """A statement with its amounts."""

    def money(minor: int) -> MoneyView:
        return MoneyView.of(minor, row.currency)

    return StatementView(
        id=row.id,
        payee_id=row.payee_id,
        shop_id=row.shop_id,
        market=row.market,
        stated_on=row.stated_on,
        due_at=row.due_at,
        claims=row.claims,
        amount=money(row.minor),
        reserved=money(row.reserved_minor),
        reserve_consumed=money(row.consumed_minor),
        reserve_released=money(row.released_minor),
        net=money(row.net_minor),
        payout_id=row.payout_id,
    )


def payout_of(row: Payout) -> PayoutView:
    """A payout in a list."""
    return PayoutView.model_validate(row)


def payout_detail(tx: Tx, id: PayoutId) -> PayoutDetail:
    """A payout by itself."""
    payout = payout_of(only(settlement.payouts(tx, [id])))
    statements = settlement.statements_of_payout(tx, id)
    return PayoutDetail(**dict(payout), statements=statements)


def _claim(row: Claim) -> ClaimView:
    currency = row.amount.currency
    return ClaimView(
        id=row.id,
        kind=row.kind,
        order_id=None if row.order_id is None else Id(row.order_id),
        source_id=Id(row.source_id),
        pos=row.pos,
        amount=MoneyView.model_validate(row.amount),
        breakdown=dict(row.breakdown),
        tier=row.tier,
        rules=list(row.rules),
        started_at=row.started_at,
        eligible_at=row.eligible_at,
        reserved=MoneyView.of(row.reserved_minor, currency),
        reserve_until=row.reserve_until,
    )


def _account(tx: Tx, payee: OrganisationId) -> AccountView:
    account = settlement.accounts(tx, [payee])[payee]
    return AccountView(
        id=account.id,
        payee_id=payee,
        currency=account.currency,
        method=account.method,
        holder=account.holder,
        number_ends=account.number[-4:],
        changed_at=account.changed_at,
    )
