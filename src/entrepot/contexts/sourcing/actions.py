"""What can be done to supply agreements."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from entrepot import rulebook
from entrepot.contexts import catalog
from entrepot.contexts.catalog import SkuId
from entrepot.kernel.events import emit
from entrepot.kernel.ids import new_ids
from entrepot.kernel.problems import BadInput, NotFound, Problem
from entrepot.kernel.tx import Tx
from entrepot.rulebook import Market, MarketNotOpen

from . import access, store
from .access import Permission
from .events import SupplyAgreed, SupplyEnded, SupplyPriceAgreed
from .model import Agreement, AgreementId, End, NewAgreement, NewSupplyPrice, SupplyPrice
from .problems import AgreementEnded, AlreadySupplied, DayHasBegun

T = TypeVar("T")


def agree(tx: Tx, wishes: Sequence[NewAgreement]) -> list[Agreement | Problem]:
    """Agree on the supply of SKUs, each with its first price. One agreement at a time for each.

    A first agreement may begin in the past: nothing was owed then. A later one begins after the
    last day of the one before.
    """
    sku_ids = {wish.sku_id for wish in wishes}
    known, ended = catalog.known_skus(tx, sku_ids), store.ended(tx, sku_ids)
    ids = new_ids(tx.sql, AgreementId, len(wishes))
    refused = [_problem(tx, wish, known, ended) for wish in wishes]
    going = [(id, wish) for id, wish, no in zip(ids, wishes, refused, strict=True) if no is None]
    added = store.add(tx, going) if going else set()
    outcomes = [
        no
        or (_agreement(tx, id, wish) if id in added else AlreadySupplied(wish.sku_id, wish.market))
        for id, wish, no in zip(ids, wishes, refused, strict=True)
    ]
    emit(tx, [SupplyAgreed.of(each) for each in outcomes if isinstance(each, Agreement)])
    return outcomes


def reprice(tx: Tx, wishes: Sequence[NewSupplyPrice]) -> list[SupplyPrice | Problem]:
    """Agree on other supply prices, from days on that have not begun in the market."""
    held = access.to_change(tx, {wish.agreement_id for wish in wishes}, Permission.EDIT)
    refused = [_bad_price(tx, wish, held[wish.agreement_id]) for wish in wishes]
    going = [wish for wish, no in zip(wishes, refused, strict=True) if no is None]
    made = store.reprice(tx, going) if going else []
    emit(tx, [SupplyPriceAgreed.of(price, tx.now) for price in made])
    return _merged(refused, made)


def end(tx: Tx, wishes: Sequence[End]) -> list[Agreement | Problem]:
    """End agreements after a day that is not over."""
    held = access.to_change(tx, {wish.agreement_id for wish in wishes}, Permission.EDIT)
    refused = [_bad_end(tx, wish, held[wish.agreement_id]) for wish in wishes]
    going = [wish for wish, no in zip(wishes, refused, strict=True) if no is None]
    store.end(tx, going)
    emit(
        tx, [SupplyEnded(at=tx.now, agreement_id=w.agreement_id, last_on=w.last_on) for w in going]
    )
    now = store.by_ids(tx, {w.agreement_id for w in going}, access.visible_to(tx.actor))
    return _merged(refused, [now[wish.agreement_id] for wish in going])


def _merged(refused: Sequence[Problem | None], made: Sequence[T]) -> list[T | Problem]:
    rest = iter(made)
    return [no or next(rest) for no in refused]


def _problem(
    tx: Tx, wish: NewAgreement, known: set[SkuId], ended: dict[tuple[SkuId, str], date]
) -> Problem | None:
    if not tx.actor.may(Permission.EDIT):
        return access.not_granted(Permission.EDIT)
    if wish.sku_id not in known:
        return NotFound("sku", wish.sku_id)
    if wish.unit_minor <= 0:
        return BadInput("unit_minor", "a supply price is more than nothing")
    if wish.terms_days is not None and wish.terms_days < 0:
        return BadInput("terms_days", "days of payment are none or more")
    last = ended.get((wish.sku_id, wish.market))
    if last is not None and wish.from_on <= last:
        return AlreadySupplied(wish.sku_id, wish.market)
    today = _today(tx, wish.market)
    return today if isinstance(today, Problem) else None


def _bad_price(tx: Tx, wish: NewSupplyPrice, agreement: Agreement | Problem) -> Problem | None:
    if isinstance(agreement, Problem):
        return agreement
    if wish.unit_minor <= 0:
        return BadInput("unit_minor", "a supply price is more than nothing")
    if not agreement.covers(wish.from_on):
        return AgreementEnded(f"agreement {agreement.id} is not in force on {wish.from_on}")
    today = _today(tx, agreement.market)
    if isinstance(today, Problem):
        return today
    return DayHasBegun(wish.from_on, today) if wish.from_on <= today else None


def _bad_end(tx: Tx, wish: End, agreement: Agreement | Problem) -> Problem | None:
    if isinstance(agreement, Problem):
        return agreement
    if agreement.ended_on is not None:
        return AgreementEnded(f"agreement {agreement.id} ends on {agreement.ended_on}")
    today = _today(tx, agreement.market)
    if isinstance(today, Problem):
        return today
    return (
        DayHasBegun(wish.last_on, today) if wish.last_on < max(today, agreement.opened_on) else None
    )


def _today(tx: Tx, market: str) -> date | Problem:
    try:
        return rulebook.of(tx).on(Market, market, tx.now.date()).row({}).day_of(tx.now)
    except MarketNotOpen as refusal:
        return refusal


def _agreement(tx: Tx, id: AgreementId, wish: NewAgreement) -> Agreement:
    return Agreement(
        id=id,
        supplier_id=wish.supplier_id,
        sku_id=wish.sku_id,
        market=wish.market,
        basis=wish.basis,
        currency=wish.currency,
        terms_days=wish.terms_days,
        opened_on=wish.from_on,
        ended_on=None,
        made_at=tx.now,
    )
