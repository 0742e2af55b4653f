"""Keeping files."""

import hashlib
from collections.abc import Collection, Sequence

from entrepot.kernel.events import emit
from entrepot.kernel.ids import new_ids
from entrepot.kernel.problems import NotFound, Problem
from entrepot.kernel.tx import Tx

from . import access, store
from .access import Permission
from .events import FileErased, FileStored
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
    if going:
        store.hold(tx, {file.sha256 for file in going})
    for file, data in zip(going, _data(wishes, looks), strict=True):
        storage.keep(file.sha256, data)
    fresh = store.add(tx, going) if going else set()
    made = store.kept(tx, going) if going else []
    told = {file.id: FileStored.of(file) for file in made if file.id in fresh}
    emit(tx, [*told.values()])
    rest = iter(made)
    return [found if isinstance(found, Problem) else next(rest) for found in looks]


def erase(tx: Tx, ids: Sequence[FileId]) -> list[FileId | Problem]:
    """Erase files that this actor may erase: nobody sees them any more, and their bytes go."""
    seen = store.by_ids(tx, ids, access.erasable(tx.actor))
    forget(tx, [*seen])
    return [id if id in seen else NotFound("file", id) for id in ids]


def forget(tx: Tx, ids: Collection[FileId]) -> list[FileId]:
    """The same for flows, which know why: no permission is asked. Gives those that are erased now.

    A row stays, so that what names a file still says that there was one. The bytes go after the
    commit (`remove`): what is rolled back has lost nothing.
    """
    gone = store.erase(tx, ids) if ids else []
    emit(tx, [FileErased(at=tx.now, file_id=id) for id in gone])
    return gone


def remove(tx: Tx, storage: Storage, at_most: int = 100) -> int:
    """Remove the bytes of erased files, unless another file has the same; how many were looked at.

    For the worker. Bytes that somebody is about to keep again are left for the next time.
    """
    hashes = store.erased(tx, at_most)
    for sha256 in hashes:
        if store.hold_alone(tx, sha256):
            if not store.in_use(tx, sha256):
                storage.remove(sha256)
            store.note_removed(tx, sha256)
    return len(hashes)


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
