"""Public reads of files."""

from collections.abc import Collection

from entrepot.kernel.problems import NotFound
from entrepot.kernel.tx import Tx

from . import access, store
from .model import File, FileId
from .ports import Storage


def by_ids(tx: Tx, ids: Collection[FileId]) -> dict[FileId, File]:
    """The files among these that this actor may see."""
    return store.by_ids(tx, ids, access.visible_to(tx.actor)) if ids else {}


def read(tx: Tx, storage: Storage, id: FileId) -> tuple[File, bytes]:
    """A file that this actor may see, and its bytes."""
    file = by_ids(tx, [id]).get(id)
    data = None if file is None else storage.fetch(file.sha256)
    if file is None or data is None:
        raise NotFound("file", id)
    return file, data


def of_link(tx: Tx, id: FileId) -> File:
    """A file for whoever holds a link that was signed for it: no permission is asked."""
    file = store.by_ids(tx, [id], access.linked()).get(id)
    if file is None:
        raise NotFound("file", id)
    return file


def given(tx: Tx, ids: Collection[FileId]) -> dict[FileId, File]:
    """Files for callers that were given what they belong to: no permission is asked."""
    return store.by_ids(tx, ids, access.linked()) if ids else {}


def published(tx: Tx, sha256: bytes) -> File:
    """The public file of a hash: for everybody."""
    file = store.by_hash(tx, sha256, access.public())
    if file is None:
        raise NotFound("file", sha256.hex())
    return file
