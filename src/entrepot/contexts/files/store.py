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
