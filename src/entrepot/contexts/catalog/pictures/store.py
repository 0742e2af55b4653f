"""Statements on alterations."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from entrepot.contexts.files import FileId
from entrepot.contexts.merchants import Shop, ShopId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.clock import real
from entrepot.kernel.ids import new_ids
from entrepot.kernel.tx import Tx

from .model import Alteration, AlterationId, AlterationState, NewAlteration, Work

COLUMNS = (
    "id, shop_id, merchant_id, file_id, work, language, state, result_id, reason, attempts,"
    " asked_at, ended_at"
)
ADD = text(
    "insert into catalog.alterations (id, shop_id, merchant_id, file_id, work, language, state,"
    " reason, attempts, due_at, asked_at, asked_by)"
    " select a.*, 'waiting', '', 0, cast(:due as timestamptz), cast(:now as timestamptz),"
    " cast(:actor as text) from unnest(cast(:ids as bigint[]), cast(:shops as bigint[]),"
    " cast(:merchants as bigint[]), cast(:files as bigint[]), cast(:works as text[]),"
    " cast(:languages as text[])) as a"
    " on conflict do nothing"
)
# A second statement, which also sees what made the first one skip a wish: the last of each counts.
KEPT = text(
    f"select distinct on (file_id, shop_id, work, language) {COLUMNS} from catalog.alterations"
    " join unnest(cast(:files as bigint[]), cast(:shops as bigint[]), cast(:works as text[]),"
    " cast(:languages as text[])) as w (file_id, shop_id, work, language)"
    " using (file_id, shop_id, work, language)"
    " order by file_id, shop_id, work, language, id desc"
)
TAKE = text(
    "update catalog.alterations set attempts = attempts + 1, due_at = :until"
    " where id = (select id from catalog.alterations where state = 'waiting' and due_at <= :at"
    " and work = any(cast(:works as text[])) order by due_at, id limit 1"
    f" for no key update skip locked) returning {COLUMNS}"
)
SAVE = text(
    "update catalog.alterations set state = :state, result_id = :result, reason = :reason,"
    " due_at = :due, ended_at = :ended where id = :id and state = 'waiting'"
)
BY_IDS = text(f"select {COLUMNS} from catalog.alterations where id = any(cast(:ids as bigint[]))")
PAGE = text(
    f"select {COLUMNS} from catalog.alterations"
    " where (cast(:merchants as bigint[]) is null"
    "  or merchant_id = any(cast(:merchants as bigint[])))"
    " and (cast(:after as bigint) is null or id < :after) order by id desc limit :limit"
)
COUNTS = text(
    "select state, count(*) as n from catalog.alterations where state in ('waiting', 'failed')"
    " group by state order by state"
)
Key = tuple[int, int, str, str]


def add(tx: Tx, wishes: Sequence[NewAlteration], shops: Mapping[ShopId, Shop]) -> list[Alteration]:
    """Write wishes that are new; the alterations of all of them, in their order."""
    columns: dict[str, Any] = {
        "shops": [int(wish.shop_id) for wish in wishes],
        "files": [int(wish.file_id) for wish in wishes],
        "works": [wish.work.value for wish in wishes],
        "languages": [wish.language for wish in wishes],
    }
    more = {
        "ids": [int(id) for id in new_ids(tx.sql, AlterationId, len(wishes))],
        "merchants": [int(shops[wish.shop_id].merchant_id) for wish in wishes],
        "due": real(),
        "now": tx.now,
        "actor": tx.actor.name,
    }
    tx.sql.execute(ADD, {**columns, **more})
    found = {_key(one): one for one in map(_alteration, tx.sql.execute(KEPT, columns))}
    return [found[_key(wish)] for wish in wishes]


def take(tx: Tx, works: Collection[Work], at: datetime, until: datetime) -> Alteration | None:
    where = {"works": sorted(works), "at": at, "until": until}
    row = tx.sql.execute(TAKE, where).one_or_none()
    return None if row is None else _alteration(row)


def save(tx: Tx, one: Alteration, due_at: datetime) -> bool:
    """Whether it still waited."""
    columns = {
        "id": int(one.id),
        "state": one.state.value,
        "result": None if one.result_id is None else int(one.result_id),
        "reason": one.reason,
        "due": due_at,
        "ended": one.ended_at,
    }
    return bool(tx.sql.execute(SAVE, columns).rowcount)


def by_ids(tx: Tx, ids: Collection[AlterationId]) -> dict[AlterationId, Alteration]:
    rows = tx.sql.execute(BY_IDS, {"ids": [int(id) for id in ids]})
    return {one.id: one for one in map(_alteration, rows)}


def page(
    tx: Tx, merchants: Sequence[OrganisationId] | None, after: AlterationId | None, limit: int
) -> list[Alteration]:
    """The next ones of these merchants, or of all, the newest first."""
    where = {
        "merchants": None if merchants is None else [int(id) for id in merchants],
        "after": None if after is None else int(after),
        "limit": limit,
    }
    return [_alteration(row) for row in tx.sql.execute(PAGE, where)]


def counts(tx: Tx) -> dict[str, int]:
    return {row.state: row.n for row in tx.sql.execute(COUNTS)}


def _key(of: Alteration | NewAlteration) -> Key:
    return int(of.file_id), int(of.shop_id), of.work.value, of.language


def _alteration(row: Row[Any]) -> Alteration:
    return Alteration(
        id=AlterationId(row.id),
        shop_id=ShopId(row.shop_id),
        merchant_id=OrganisationId(row.merchant_id),
        file_id=FileId(row.file_id),
        work=Work(row.work),
        language=row.language,
        state=AlterationState(row.state),
        result_id=None if row.result_id is None else FileId(row.result_id),
        reason=row.reason,
        attempts=row.attempts,
        asked_at=row.asked_at,
        ended_at=row.ended_at,
    )
