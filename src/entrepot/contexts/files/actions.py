"""Keeping files."""

import hashlib
from collections.abc import Sequence

from entrepot.kernel.events import emit
from entrepot.kernel.ids import new_ids
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx

from . import access, store
from .access import Permission
from .events import FileStored
from .looking import look
from .model import File, FileId, Look, NewFile
from .ports import Storage


def upload(tx: Tx, storage: Storage, wishes: Sequence[NewFile]) -> list[File | Problem]:
    """Keep files for organisations that this actor may do so for."""
    may = [tx.actor.may(Permission.STORE, wish.owner_id) for wish in wishes]
    kept = iter(keep(tx, storage, [wish for wish, ok in zip(wishes, may, strict=True) if ok]))
    return [next(kept) if ok else access.not_granted(Permission.STORE) for ok in may]


def keep(tx: Tx, storage: Storage, wishes: Sequence[NewFile]) -> list[File | Problem]:
    """Keep files. The same bytes for the same purpose of the same owner are one file.

    For flows, which know why: no permission is asked. Bytes are kept before their row: work that is
    rolled back leaves bytes without a row, which nobody can read and the next upload of them uses,
    never a row without its bytes.
    """
    ids = new_ids(tx.sql, FileId, len(wishes))
    looks = [look(wish) for wish in wishes]
    going = [
        _file(tx, id, wish, found)
        for id, wish, found in zip(ids, wishes, looks, strict=True)
        if isinstance(found, Look)
    ]
    for file, data in zip(going, _data(wishes, looks), strict=True):
        storage.keep(file.sha256, data)
    fresh = store.add(tx, going) if going else set()
    made = store.kept(tx, going) if going else []
    told = {file.id: FileStored.of(file) for file in made if file.id in fresh}
    emit(tx, [*told.values()])
    rest = iter(made)
    return [found if isinstance(found, Problem) else next(rest) for found in looks]


def _data(wishes: Sequence[NewFile], looks: Sequence[Look | Problem]) -> list[bytes]:
    pairs = zip(wishes, looks, strict=True)
    return [wish.data for wish, found in pairs if isinstance(found, Look)]


def _file(tx: Tx, id: FileId, wish: NewFile, found: Look) -> File:
    return File(
        id=id,
        owner_id=wish.owner_id,
        purpose=wish.purpose,
        kind=found.kind,
        content_type=found.content_type,
        sha256=hashlib.sha256(wish.data).digest(),
        size_bytes=len(wish.data),
        width_px=found.width_px,
        height_px=found.height_px,
        name=wish.name,
        is_public=wish.purpose.is_public,
        stored_at=tx.now,
    )
