"""Accounts of the content world sell for a shop."""

from collections.abc import Sequence
from dataclasses import replace

from entrepot.contexts.merchants import access, numbers, rules, store
from entrepot.contexts.merchants.access import Permission
from entrepot.contexts.merchants.events import AccountMoved
from entrepot.contexts.merchants.lifecycle import ACCOUNT, AccountState, AccountVerb
from entrepot.contexts.merchants.model import (
    Account,
    AccountId,
    AccountKind,
    Company,
    Move,
    NewAccount,
    Shop,
)
from entrepot.contexts.merchants.problems import (
    AccountLimit,
    AccountNotFound,
    AccountTaken,
    OwnerDiffers,
    ShopNotSelling,
)
from entrepot.kernel.events import emit
from entrepot.kernel.ids import new_ids
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.problems import BadInput, Problem
from entrepot.kernel.tx import Tx

LIVE = {AccountState.REQUESTED, AccountState.VERIFIED, AccountState.BOUND}


def request_accounts(tx: Tx, wishes: Sequence[NewAccount]) -> list[Account | Problem]:
    """Ask for accounts to sell for a shop, as many of a kind as its stage allows."""
    held = access.shops_to_change(tx, {wish.shop_id for wish in wishes}, Permission.SHOP_EDIT)
    merchants = {shop.merchant_id for shop in held.values() if isinstance(shop, Shop)}
    companies = store.companies_by_ids(tx, merchants)
    live = [one for one in store.accounts_of(tx, [*held]) if one.state in LIVE]
    outcomes: list[Account | Problem] = []
    for id, wish in zip(new_ids(tx.sql, AccountId, len(wishes)), wishes, strict=True):
        shop = held[wish.shop_id]
        if isinstance(shop, Problem):
            outcomes.append(shop)
        elif refusal := _refusal(tx, wish, shop, companies.get(shop.merchant_id)):
            outcomes.append(refusal)
        elif limit := _limit(tx, shop, wish.kind, live):
            outcomes.append(limit)
        else:
            live.append(_account(id, wish))
            outcomes.append(live[-1])
    added = store.add_accounts(tx, [one for one in outcomes if isinstance(one, Account)])
    outcomes = [
        AccountTaken(one.handle) if isinstance(one, Account) and one.id not in added else one
        for one in outcomes
    ]
    _tell(tx, [(None, one) for one in outcomes if isinstance(one, Account)])
    return outcomes


def verify_accounts(tx: Tx, ids: Sequence[AccountId]) -> list[Account | Problem]:
    """Confirm that accounts belong to whom they are said to."""
    return _decided(tx, ids, AccountVerb.VERIFY, Permission.SHOP_GOVERN)


def refuse_accounts(tx: Tx, ids: Sequence[AccountId]) -> list[Account | Problem]:
    """Say that accounts do not belong to whom they are said to."""
    return _decided(tx, ids, AccountVerb.REFUSE, Permission.SHOP_GOVERN)


def bind_accounts(tx: Tx, ids: Sequence[AccountId]) -> list[Account | Problem]:
    """Let verified accounts sell for the shop."""
    return _decided(tx, ids, AccountVerb.BIND, Permission.SHOP_EDIT)


def unbind_accounts(tx: Tx, ids: Sequence[AccountId]) -> list[Account | Problem]:
    """Let accounts go, or drop what was asked for."""
    return _decided(tx, ids, AccountVerb.UNBIND, Permission.SHOP_EDIT)


def _decided(
    tx: Tx, ids: Sequence[AccountId], verb: AccountVerb, permission: Permission
) -> list[Account | Problem]:
    visible = access.accounts_visible_to(tx.actor)
    shops = {one.shop_id for one in store.accounts_by_ids(tx, ids, visible).values()}
    held = access.shops_to_change(tx, shops, permission)
    found = store.accounts_by_ids(tx, ids, visible)  # Again, now that the shops are held.
    moves: list[tuple[Account | None, Account]] = []
    outcomes: list[Account | Problem] = []
    for id in ids:
        before = found.get(id)
        outcome = AccountNotFound(id) if before is None else _moved(before, verb)
        shop = None if before is None else held[before.shop_id]
        outcome = shop if isinstance(shop, Problem) else outcome
        outcomes.append(outcome)
        if isinstance(outcome, Account):
            store.move_accounts(tx, [(found[id], outcome)])
            moves.append((found[id], outcome))
            found[id] = outcome
    _tell(tx, moves)
    return outcomes


def _moved(account: Account, verb: AccountVerb) -> Account | Problem:
    try:
        return replace(account, state=ACCOUNT.after(account.state, verb))
    except IllegalMove as refusal:
        return refusal


def _refusal(tx: Tx, wish: NewAccount, shop: Shop, company: Company | None) -> Problem | None:
    if not shop.sells:
        return ShopNotSelling(shop.id, shop.state)
    if not wish.handle.strip():
        return BadInput("handle", "give the name of the account")
    if wish.kind is not AccountKind.OFFICIAL:
        return None
    if company is None or wish.owner_country != company.country:
        return OwnerDiffers()
    same = numbers.stored(company.number_kind, wish.owner_number) == company.number
    return None if same else OwnerDiffers()


def _limit(tx: Tx, shop: Shop, kind: AccountKind, live: Sequence[Account]) -> AccountLimit | None:
    stage, ref = rules.stage(tx, shop, rules.day_in(tx, shop.market))
    limits = {
        AccountKind.OFFICIAL: stage.official_accounts,
        AccountKind.CHANNEL: stage.channel_accounts,
    }
    there = sum(1 for one in live if (one.shop_id, one.kind) == (shop.id, kind))
    return AccountLimit(kind, limits[kind], ref) if there >= limits[kind] else None


def _account(id: AccountId, wish: NewAccount) -> Account:
    return Account(
        id=id,
        shop_id=wish.shop_id,
        kind=wish.kind,
        handle=wish.handle.strip(),
        owner_country=wish.owner_country,
        owner_number=wish.owner_number,
        state=ACCOUNT.initial,
    )


def _tell(tx: Tx, moves: Sequence[tuple[Account | None, Account]]) -> None:
    rows = [
        Move(
            noun="account",
            subject=after.id,
            before=None if before is None else before.state,
            after=after.state,
            at=tx.now,
        )
        for before, after in moves
    ]
    store.add_history(tx, rows)
    facts = [
        AccountMoved(
            at=tx.now,
            account_id=one.id,
            shop_id=one.shop_id,
            kind=one.kind,
            state=one.state,
        )
        for _, one in moves
    ]
    emit(tx, facts)
