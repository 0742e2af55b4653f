"""A shop changes its mode by a new contract; open orders stay under the old one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from entrepot.contexts.merchants import access, rules, store
from entrepot.contexts.merchants.access import Permission
from entrepot.contexts.merchants.events import ModeAgreed
from entrepot.contexts.merchants.lifecycle import (
    CONTRACT,
    OVER,
    ContractState,
    ContractVerb,
)
from entrepot.contexts.merchants.model import Contract, ContractId, Move, NewShop, Shop, ShopId
from entrepot.contexts.merchants.problems import (
    ChangePending,
    ContractNotFound,
    DeadlinePassed,
    NotAdmitted,
    ShopExists,
    ShopNotSelling,
)
from entrepot.kernel.events import emit
from entrepot.kernel.ids import new_ids
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.problems import BadInput, Problem
from entrepot.kernel.tx import Tx
from entrepot.rulebook import NoRuleFits


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeChange:
    """A shop is to work in another mode from the start of a market day on."""

    shop_id: ShopId
    mode: str
    from_on: date


def propose_modes(tx: Tx, wishes: Sequence[ModeChange]) -> list[Contract | Problem]:
    """Ask for another mode from a coming day on. A shop asks one thing at a time."""
    held = access.shops_to_change(tx, {wish.shop_id for wish in wishes}, Permission.SHOP_EDIT)
    pending = {
        one.shop_id
        for one in store.contracts_of(tx, [*held])
        if one.state is ContractState.PROPOSED
    }
    outcomes: list[Contract | Problem] = []
    for id, wish in zip(new_ids(tx.sql, ContractId, len(wishes)), wishes, strict=True):
        shop = held[wish.shop_id]
        if isinstance(shop, Problem):
            outcomes.append(shop)
        elif wish.shop_id in pending:
            outcomes.append(ChangePending(wish.shop_id))
        elif refusal := _refusal(tx, shop, wish.mode, wish.from_on):
            outcomes.append(refusal)
        else:
            pending.add(wish.shop_id)
            from_at = rules.market_of(tx, shop.market, tx.now).start_of(wish.from_on)
            outcomes.append(
                Contract(
                    id=id,
                    shop_id=shop.id,
                    mode=wish.mode,
                    from_at=from_at,
                    state=CONTRACT.initial,
                )
            )
    new = [one for one in outcomes if isinstance(one, Contract)]
    store.add_contracts(tx, new)
    _note(tx, [(None, one) for one in new])
    return outcomes


def agree_modes(tx: Tx, ids: Sequence[ContractId]) -> list[Contract | Problem]:
    """Agree to proposed contracts. What no longer fits the rules or the calendar is refused."""
    return _decided(tx, ids, ContractVerb.AGREE, Permission.SHOP_GOVERN)


def decline_modes(tx: Tx, ids: Sequence[ContractId]) -> list[Contract | Problem]:
    """Say no to proposed contracts: the mode stays."""
    return _decided(tx, ids, ContractVerb.DECLINE, Permission.SHOP_GOVERN)


def withdraw_modes(tx: Tx, ids: Sequence[ContractId]) -> list[Contract | Problem]:
    """Take one's proposals back."""
    return _decided(tx, ids, ContractVerb.WITHDRAW, Permission.SHOP_EDIT)


def _decided(
    tx: Tx, ids: Sequence[ContractId], verb: ContractVerb, permission: Permission
) -> list[Contract | Problem]:
    visible = access.contracts_visible_to(tx.actor)
    shops = {one.shop_id for one in store.contracts_by_ids(tx, ids, visible).values()}
    held = access.shops_to_change(tx, shops, permission)
    found = store.contracts_by_ids(tx, ids, visible)  # Again, now that the shops are held.
    outcomes: list[Contract | Problem] = []
    for id in ids:
        before = found.get(id)
        if before is None:
            outcomes.append(ContractNotFound(id))
            continue
        outcome = _moved(tx, before, held[before.shop_id], verb)
        outcomes.append(outcome)
        if isinstance(outcome, Contract):
            found[id] = outcome
            store.move_contracts(tx, [(before, outcome)])
            _note(tx, [(before, outcome)])
            _tell(tx, outcome, held[before.shop_id])
    return outcomes


def _moved(
    tx: Tx, before: Contract, shop: Shop | Problem, verb: ContractVerb
) -> Contract | Problem:
    if isinstance(shop, Problem):
        return shop
    try:
        after = replace(before, state=CONTRACT.after(before.state, verb))
    except IllegalMove as refusal:
        return refusal
    if verb is ContractVerb.AGREE:
        if before.from_at <= tx.now:
            return DeadlinePassed(before.from_at)
        from_on = rules.market_of(tx, shop.market, tx.now).day_of(before.from_at)
        return _refusal(tx, shop, before.mode, from_on) or after
    return after


def _refusal(tx: Tx, shop: Shop, mode: str, from_on: date) -> Problem | None:
    """Why a shop cannot be in a mode from a day on."""
    if shop.state in OVER:
        return ShopNotSelling(shop.id, shop.state)
    if from_on <= rules.day_in(tx, shop.market):
        return BadInput("from_on", "a contract begins on a coming day")
    return (
        rules.closed(tx, shop.market, mode, from_on)
        or _taken(tx, shop, mode)
        or _not_admitted(tx, shop, mode, from_on)
    )


def _not_admitted(tx: Tx, shop: Shop, mode: str, from_on: date) -> Problem | None:
    company = store.companies_by_ids(tx, [shop.merchant_id]).get(shop.merchant_id)
    if company is None:
        return None  # Shops from history and the operator's own came without papers.
    try:
        rule, ref = rules.entry(tx, shop, mode, from_on)
    except NoRuleFits as refusal:
        return refusal
    admitted = rule.admits(company.country, company.holdings_bp)
    return None if admitted else NotAdmitted(company.country, ref)


def _taken(tx: Tx, shop: Shop, mode: str) -> ShopExists | BadInput | None:
    for other, modes in store.live_shops_of(tx, [shop.merchant_id]):
        alike = (other.market, other.seller_type) == (shop.market, shop.seller_type)
        if mode in modes and alike:
            return (
                BadInput("mode", "this is the shop's mode already")
                if other.id == shop.id
                else ShopExists(
                    NewShop(
                        merchant_id=shop.merchant_id,
                        name=shop.name,
                        market=shop.market,
                        mode=mode,
                        seller_type=shop.seller_type,
                    )
                )
            )
    return None


def _note(tx: Tx, moves: Sequence[tuple[Contract | None, Contract]]) -> None:
    rows = [
        Move(
            noun="contract",
            subject=after.id,
            before=None if before is None else before.state,
            after=after.state,
            reason=after.mode,
            at=tx.now,
        )
        for before, after in moves
    ]
    store.add_history(tx, rows)


def _tell(tx: Tx, contract: Contract, shop: Shop | Problem) -> None:
    if contract.state is not ContractState.AGREED or isinstance(shop, Problem):
        return
    fact = ModeAgreed(
        at=tx.now,
        shop_id=shop.id,
        merchant_id=shop.merchant_id,
        mode=contract.mode,
        from_on=rules.market_of(tx, shop.market, tx.now).day_of(contract.from_at),
    )
    emit(tx, [fact])
