"""Public reads of settlement."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from entrepot.contexts.merchants import Shop, ShopId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import IdT
from entrepot.kernel.money import Currency
from entrepot.kernel.problems import Forbidden, NotFound, Problem
from entrepot.kernel.tx import Tx
from entrepot.rulebook import Market, SettlementTier
from entrepot.rulebook import of as rules_of

from . import access, dates, store
from .model import (
    ByHand,
    Claim,
    ClaimId,
    OwnRate,
    Payout,
    PayoutAccount,
    PayoutId,
    Statement,
    StatementId,
    TierDecision,
    Wait,
)

PaidT = TypeVar("PaidT", Statement, Payout)


def statements(tx: Tx, ids: Sequence[StatementId]) -> list[Statement | Problem]:
    """Statements as this actor may see them, in the order of the ids."""
    found = store.statements.by_ids(tx, ids)
    shown = _shown(tx, found, access.Permission.READ_STATEMENT)
    return [shown.get(id) or NotFound("statement", id) for id in ids]


def statement_page(
    tx: Tx,
    *,
    payee: OrganisationId | None = None,
    shop: ShopId | None = None,
    after: tuple[datetime, StatementId] | None = None,
    limit: int = 50,
) -> list[Statement]:
    """One page of the statements that this actor may see, newest first."""
    visible = access.visible_to(tx.actor)
    ids = store.statements.page(tx, visible, (payee, shop), (after, limit))
    found = store.statements.by_ids(tx, ids)
    return [found[id] for id in ids]


def claims_of_statement(
    tx: Tx, statement: StatementId, *, after: ClaimId | None = None, limit: int = 500
) -> list[Claim]:
    """One page of a statement's claims, for callers that were given the statement."""
    return store.claims.of_statement(tx, statement, after or ClaimId(0), limit)


def claims_of_orders(tx: Tx, orders: Collection[int]) -> list[Claim]:
    """All claims on orders, by order and line, for callers that were given the orders."""
    return store.claims.of_orders(tx, orders)


def payouts(tx: Tx, ids: Sequence[PayoutId]) -> list[Payout | Problem]:
    """Payouts as this actor may see them, in the order of the ids."""
    found = store.payouts.by_ids(tx, ids)
    shown = _shown(tx, found, access.Permission.READ_PAYOUT)
    return [shown.get(id) or NotFound("payout", id) for id in ids]


def payout_page(
    tx: Tx,
    *,
    payee: OrganisationId | None = None,
    after: tuple[datetime, PayoutId] | None = None,
    limit: int = 50,
) -> list[Payout]:
    """One page of the payouts that this actor may see, newest first."""
    visible = access.payouts_visible_to(tx.actor)
    ids = store.payouts.page(tx, visible, payee, (after, limit))
    found = store.payouts.by_ids(tx, ids)
    return [found[id] for id in ids]


def statements_of_payout(tx: Tx, payout: PayoutId) -> list[StatementId]:
    """What a payout pays, for callers that were given the payout."""
    return store.payouts.items(tx, payout)


def accounts(tx: Tx, payees: Collection[OrganisationId]) -> dict[OrganisationId, PayoutAccount]:
    """The active payout account of each payee that has one. For flows: no permission is asked."""
    return store.payouts.accounts(tx, payees)


def waiting(tx: Tx, payee: OrganisationId | None = None) -> list[Wait]:
    """What is settled and not paid out, with what it lacks, as far as this actor may see."""
    found = store.waits.all_of(tx, access.waits_visible_to(tx.actor))
    return [wait for wait in found if payee is None or wait.payee_id == payee]


def own_rates(tx: Tx, currency: Currency | None = None, *, limit: int = 100) -> list[OwnRate]:
    """The operator's exchange rates, the latest day first."""
    if not tx.actor.may(access.Permission.RUN):
        raise Forbidden(f"{access.Permission.RUN} is not granted to you")
    return store.rates.page(tx, currency, limit)


def holds_by_hand(tx: Tx, order_id: int) -> list[ByHand]:
    """Holds on an order that people opened, for those who may open one."""
    if not tx.actor.may(access.Permission.HOLD):
        raise Forbidden(f"{access.Permission.HOLD} is not granted to you")
    return store.holds.of_order(tx, order_id)


def tiers(tx: Tx, shop: ShopId, merchant: OrganisationId, *, limit: int = 24) -> list[TierDecision]:
    """A shop's settlement tiers with what decided them, newest month first."""
    if not tx.actor.may(access.Permission.READ_TIER, merchant):
        raise NotFound("shop", shop)
    return store.statements.tiers_of(tx, shop, limit)


def days_after_delivery(tx: Tx, shop: Shop) -> int:
    """After how many calendar days of the market what the shop delivers today is settled."""
    if not tx.actor.may(access.Permission.READ_TIER, shop.merchant_id):
        raise NotFound("shop", shop.id)
    book = rules_of(tx)
    day = book.on(Market, shop.market, tx.now.date()).row({}).day_of(tx.now)
    month = day.replace(day=1)
    tier = store.claims.tiers(tx, {(shop.id, month)}).get((shop.id, month))
    case = {"basis": dates.RETAIL, "seller_type": shop.seller_type}
    return dates.tier_row(book.on(SettlementTier, shop.market, day), case, tier).days


def _shown(tx: Tx, found: Mapping[IdT, PaidT], permission: access.Permission) -> dict[IdT, PaidT]:
    return {id: one for id, one in found.items() if tx.actor.may(permission, one.payee_id)}
