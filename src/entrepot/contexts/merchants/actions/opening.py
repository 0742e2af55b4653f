"""Shops come into being."""

from collections.abc import Sequence

from entrepot.contexts import identity
from entrepot.contexts.merchants import rules, store
from entrepot.contexts.merchants.events import ShopOpened
from entrepot.contexts.merchants.lifecycle import ContractState, ShopState
from entrepot.contexts.merchants.model import Contract, ContractId, Move, NewShop, Shop, ShopId
from entrepot.contexts.merchants.problems import MerchantNotFound, ShopExists, UnknownStage
from entrepot.kernel.events import emit
from entrepot.kernel.ids import new_ids
from entrepot.kernel.problems import BadInput, Problem
from entrepot.kernel.tx import Tx
from entrepot.rulebook import MarketNotOpen, Probation

OPENERS = {identity.Kind.MERCHANT, identity.Kind.OPERATOR}


def open_shops(tx: Tx, wishes: Sequence[NewShop]) -> list[Shop | Problem]:
    """Open shops without an application, such as those that enter from history.

    The market must be open for the mode, and there is one live shop for each merchant, market,
    mode and seller type. For flows: no permission is asked.
    """
    return opened(tx, wishes, probation=False)


def opened(tx: Tx, wishes: Sequence[NewShop], *, probation: bool) -> list[Shop | Problem]:
    """Open shops in the stage they name; without one in the first stage, or past probation."""
    merchants = {wish.merchant_id for wish in wishes}
    known = identity.known(tx, sorted(merchants))
    taken = {
        (shop.merchant_id, shop.market, mode, shop.seller_type)
        for shop, modes in store.live_shops_of(tx, merchants)
        for mode in modes
    }
    outcomes: list[Shop | Problem] = []
    for id, wish in zip(new_ids(tx.sql, ShopId, len(wishes)), wishes, strict=True):
        key = (wish.merchant_id, wish.market, wish.mode, wish.seller_type)
        merchant = known.get(wish.merchant_id)
        if merchant is None or merchant.kind not in OPENERS:
            outcomes.append(MerchantNotFound(wish.merchant_id))
        elif key in taken:
            outcomes.append(ShopExists(wish))
        else:
            outcomes.append(_drafted(tx, id, wish, probation=probation))
            if isinstance(outcomes[-1], Shop):
                taken.add(key)
    added = store.add_shops(tx, [one for one in outcomes if isinstance(one, Shop)])
    outcomes = [
        ShopExists(wish) if isinstance(one, Shop) and one.id not in added else one
        for wish, one in zip(wishes, outcomes, strict=True)
    ]  # Somebody else was quicker: the index has the last word.
    _tell(tx, [one for one in outcomes if isinstance(one, Shop)])
    return outcomes


def _drafted(tx: Tx, id: ShopId, wish: NewShop, *, probation: bool) -> Shop | Problem:
    try:
        day = rules.day_in(tx, wish.market)
        if refusal := rules.closed(tx, wish.market, wish.mode, day):
            return refusal
        every, ref = rules.stages(tx, wish, day)
    except MarketNotOpen as refusal:
        return refusal
    if not wish.name.strip():
        return BadInput("name", "give the name that buyers will see")
    stage = _stage(every, wish.stage, probation=probation)
    if stage is None:
        return UnknownStage(wish.stage or "to begin with", ref)
    return Shop(
        id=id,
        merchant_id=wish.merchant_id,
        name=wish.name.strip(),
        market=wish.market,
        mode=wish.mode,
        seller_type=wish.seller_type,
        state=ShopState.ACTIVE if stage.next is None else ShopState.PROBATION,
        stage=stage.stage,
        opened_on=day,
    )


def _stage(every: Sequence[Probation], name: str | None, *, probation: bool) -> Probation | None:
    if name is not None:
        fitting = [stage for stage in every if stage.stage == name]
    elif probation:
        fitting = [stage for stage in every if stage.is_first]
    else:
        fitting = [stage for stage in every if stage.next is None]
    return fitting[0] if fitting else None


def _tell(tx: Tx, shops: Sequence[Shop]) -> None:
    ids = new_ids(tx.sql, ContractId, len(shops))
    contracts = [
        Contract(
            id=id,
            shop_id=shop.id,
            mode=shop.mode,
            # The whole day on which a shop opens is under its first contract.
            from_at=rules.market_of(tx, shop.market, tx.now).start_of(shop.opened_on),
            state=ContractState.AGREED,
        )
        for id, shop in zip(ids, shops, strict=True)
    ]
    store.add_contracts(tx, contracts)
    born = [
        Move(noun="shop", subject=one.id, before=None, after=f"{one.state}/{one.stage}", at=tx.now)
        for one in shops
    ]
    store.add_history(tx, born)
    facts = [
        ShopOpened(
            at=tx.now,
            shop_id=one.id,
            merchant_id=one.merchant_id,
            market=one.market,
            mode=one.mode,
            seller_type=one.seller_type,
            stage=one.stage,
            opened_on=one.opened_on,
        )
        for one in shops
    ]
    emit(tx, facts)
