"""Wishing that pictures be altered; taking the next wish up; writing down what came of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from entrepot.contexts import files, merchants
from entrepot.contexts.catalog import access
from entrepot.contexts.catalog.access import Permission
from entrepot.contexts.files import File, FileId, Kind, NewFile, Storage
from entrepot.contexts.merchants import Shop, ShopId
from entrepot.kernel.events import emit
from entrepot.kernel.problems import BadInput, NotFound, Problem
from entrepot.kernel.tx import Tx

from . import store
from .events import PictureAltered
from .model import (
    LEASE,
    MOST_ATTEMPTS,
    Alteration,
    AlterationState,
    Altered,
    NewAlteration,
    Outcome,
    Taken,
    Trouble,
    Untouched,
    Work,
    pause,
)
from .problems import NoEngine

LONGEST_NAME, LONGEST_REASON = 255, 200


def alter(
    tx: Tx, engines: Collection[Work], wishes: Sequence[NewAlteration]
) -> list[Alteration | Problem]:
    """Wish that pictures be altered, by engines that there are. A wish made before is that one."""
    shops = merchants.shops(tx, {wish.shop_id for wish in wishes})
    pictures = files.by_ids(tx, {wish.file_id for wish in wishes})
    refused = [_bad(tx, wish, engines, shops, pictures) for wish in wishes]
    allowed = [wish for wish, no in zip(wishes, refused, strict=True) if no is None]
    made = iter(store.add(tx, allowed, shops) if allowed else ())
    return [no or next(made) for no in refused]


def take(tx: Tx, engines: Collection[Work], at: datetime) -> Taken | None:
    """The next wish that is due by real time; nobody else takes it until the lease has ended."""
    assert tx.actor.almighty, "the platform alone works through the wishes"
    one = store.take(tx, engines, at, at + LEASE)
    return None if one is None else Taken(one, files.given(tx, [one.file_id])[one.file_id])


def record(tx: Tx, storage: Storage, taken: Taken, outcome: Outcome, at: datetime) -> None:
    """Write down what came of a wish; whoever comes second to it changes nothing."""
    after = _after(tx, storage, taken, outcome)
    due_at = at + pause(after.attempts)
    if not store.save(tx, after, due_at) or after.state is AlterationState.WAITING:
        return
    fact = PictureAltered(
        at=tx.now,
        alteration_id=after.id,
        shop_id=after.shop_id,
        file_id=after.file_id,
        work=after.work,
        language=after.language,
        state=after.state,
        result_id=after.result_id,
    )
    emit(tx, [fact])


def _bad(
    tx: Tx,
    wish: NewAlteration,
    engines: Collection[Work],
    shops: Mapping[ShopId, Shop],
    pictures: Mapping[FileId, File],
) -> Problem | None:
    shop, picture = shops.get(wish.shop_id), pictures.get(wish.file_id)
    if shop is None or not merchants.sides(tx.actor, Permission.READ, shop.merchant_id):
        return NotFound("shop", wish.shop_id)
    if not merchants.sides(tx.actor, Permission.EDIT, shop.merchant_id):
        return access.not_granted(Permission.EDIT)
    if picture is None or picture.owner_id != shop.merchant_id:
        return NotFound("file", wish.file_id)
    return _bad_wish(wish, picture) or (None if wish.work in engines else NoEngine(wish.work))


def _bad_wish(wish: NewAlteration, picture: File) -> BadInput | None:
    if picture.kind is not Kind.IMAGE:
        return BadInput("file_id", "a picture")
    if bool(wish.language) != (wish.work is Work.TRANSLATION):
        return BadInput("language", "the language of a translation, and of nothing else")
    return None


def _after(tx: Tx, storage: Storage, taken: Taken, outcome: Outcome) -> Alteration:
    one = taken.alteration
    match outcome:
        case Altered():
            return _kept(tx, storage, taken, outcome)
        case Untouched():
            return _ended(tx, one, AlterationState.UNCHANGED, outcome.reason)
        case Trouble() if one.attempts >= MOST_ATTEMPTS:
            return _ended(tx, one, AlterationState.FAILED, outcome.reason)
        case Trouble():
            return replace(one, reason=outcome.reason[:LONGEST_REASON])


def _kept(tx: Tx, storage: Storage, taken: Taken, outcome: Altered) -> Alteration:
    one, before = taken.alteration, taken.file
    wish = NewFile(
        owner_id=before.owner_id,
        purpose=before.purpose,
        name=f"{one.language or one.work} {before.name}"[:LONGEST_NAME],
        data=outcome.data,
    )
    [made] = files.keep(tx, storage, [wish])
    if isinstance(made, Problem):
        return _ended(tx, one, AlterationState.FAILED, f"the engine's answer: {made}")
    if made.kind is not Kind.IMAGE:
        return _ended(tx, one, AlterationState.FAILED, "the engine's answer is no picture")
    if made.id == before.id:
        return _ended(tx, one, AlterationState.UNCHANGED, "the engine gave the same picture back")
    return replace(_ended(tx, one, AlterationState.DONE, ""), result_id=made.id)


def _ended(tx: Tx, one: Alteration, state: AlterationState, reason: str) -> Alteration:
    return replace(one, state=state, reason=reason[:LONGEST_REASON], ended_at=tx.now)
