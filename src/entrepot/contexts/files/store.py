"""The statements of files."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Row, select, text

from entrepot.kernel.db import sql_file
from entrepot.kernel.ids import among
from entrepot.kernel.tx import Tx

from .model import File, FileId, Kind, Purpose
from .tables import files

ADD = sql_file(__file__, "add")
KEPT = text(
    "select f.id, f.owner_id, f.purpose, f.sha256, f.name, f.stored_at"
    " from files.files f join unnest("
    " cast(:owners as bigint[]), cast(:purposes as text[]), cast(:hashes as bytea[])"
    ") as w (owner_id, purpose, sha256) using (owner_id, purpose, sha256)"
    " where f.erased_at is null"
)
ERASE = text(
    "update files.files set erased_at = :now, name = ''"
    " where id = any(cast(:ids as bigint[])) and erased_at is null returning id"
)
# Whoever keeps bytes holds their hash until its row is committed; nobody removes them meanwhile.
HOLDING = 7_160
HOLD = text(
    "select pg_advisory_xact_lock_shared(:space, key) from"
    " (select distinct hashtext(encode(h, 'hex')) as key"
    " from unnest(cast(:hashes as bytea[])) as h order by 1) as k"
)
ALONE = text("select pg_try_advisory_xact_lock(:space, hashtext(encode(:hash, 'hex')))")
ERASED = text(
    "select distinct sha256 from files.files where erased_at is not null and removed_at is null"
    " order by sha256 limit :at_most"
)
IN_USE = text("select exists (select from files.files where sha256 = :hash and erased_at is null)")
REMOVED = text(
    "update files.files set removed_at = :now"
    " where sha256 = :hash and erased_at is not null and removed_at is null"
)


def add(tx: Tx, new: Sequence[File]) -> set[FileId]:
    """Write files; returns those that were not there before."""
    columns = {
        "ids": [int(file.id) for file in new],
        **_keys(new),
        "kinds": [file.kind.value for file in new],
        "types": [file.content_type for file in new],
        "sizes": [file.size_bytes for file in new],
        "widths": [file.width_px for file in new],
        "heights": [file.height_px for file in new],
        "names": [file.name for file in new],
        "public": [file.is_public for file in new],
        "actor": tx.actor.name,
        "now": tx.now,
    }
    return {FileId(id) for id in tx.sql.scalars(ADD, columns)}


def hold(tx: Tx, hashes: Collection[bytes]) -> None:
    """Let nobody remove these bytes before the work ends."""
    tx.sql.execute(HOLD, {"space": HOLDING, "hashes": [*hashes]})


def hold_alone(tx: Tx, sha256: bytes) -> bool:
    """Whether nobody is about to keep these bytes; then nobody can until the work ends."""
    return bool(tx.sql.scalar(ALONE, {"space": HOLDING, "hash": sha256}))


def erase(tx: Tx, ids: Collection[FileId]) -> list[FileId]:
    """Mark files as erased; those that were not."""
    asked = {"ids": [int(id) for id in ids], "now": tx.now}
    return [FileId(id) for id in tx.sql.scalars(ERASE, asked)]


def erased(tx: Tx, at_most: int) -> list[bytes]:
    """Hashes of erased files whose bytes may still be there."""
    return [bytes(one) for one in tx.sql.scalars(ERASED, {"at_most": at_most})]


def in_use(tx: Tx, sha256: bytes) -> bool:
    """Whether a file that is not erased has these bytes."""
    return bool(tx.sql.scalar(IN_USE, {"hash": sha256}))


def note_removed(tx: Tx, sha256: bytes) -> None:
    tx.sql.execute(REMOVED, {"hash": sha256, "now": tx.now})


def kept(tx: Tx, wanted: Sequence[File]) -> list[File]:
    """Files as they were first kept, in the order of those wanted."""
    rows = tx.sql.execute(KEPT, _keys(wanted))
    found = {(row.owner_id, row.purpose, bytes(row.sha256)): row for row in rows}
    return [_as_kept(file, found[_key(file)]) for file in wanted]


def by_ids(tx: Tx, ids: Collection[FileId], visible: ColumnElement[bool]) -> dict[FileId, File]:
    query = select(files).where(among(files.c.id, ids), visible)
    return {row.id: _file(row) for row in tx.sql.execute(query)}


def by_hash(tx: Tx, sha256: bytes, visible: ColumnElement[bool]) -> File | None:
    """The file of a hash that was kept first; all of them have the same bytes."""
    query = select(files).where(files.c.sha256 == sha256, visible).order_by(files.c.id).limit(1)
    row = tx.sql.execute(query).one_or_none()
    return None if row is None else _file(row)


def _key(file: File) -> tuple[int, str, bytes]:
    return int(file.owner_id), file.purpose.value, file.sha256


def _keys(of: Sequence[File]) -> dict[str, list[Any]]:
    return {
        "owners": [int(file.owner_id) for file in of],
        "purposes": [file.purpose.value for file in of],
        "hashes": [file.sha256 for file in of],
    }


def _as_kept(file: File, row: Row[Any]) -> File:
    return replace(file, id=FileId(row.id), name=row.name, stored_at=row.stored_at)


def _file(row: Row[Any]) -> File:
    return File(
        id=row.id,
        owner_id=row.owner_id,
        purpose=Purpose(row.purpose),
        kind=Kind(row.kind),
        content_type=row.content_type,
        sha256=bytes(row.sha256),
        size_bytes=row.size_bytes,
        width_px=row.width_px,
        height_px=row.height_px,
        name=row.name,
        is_public=row.is_public,
        stored_at=row.stored_at,
    )
