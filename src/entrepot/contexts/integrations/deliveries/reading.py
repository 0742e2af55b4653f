"""The log of what was sent, and what people do with it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from entrepot.contexts import identity
from entrepot.contexts.integrations import access
from entrepot.contexts.integrations.access import Permission
from entrepot.contexts.integrations.model import LONGEST_ADDRESS, AppId
from entrepot.contexts.merchants import ShopId
from entrepot.kernel import clock
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.db import sql_file, statement
from entrepot.kernel.problems import BadInput, NotFound, Problem
from entrepot.kernel.tx import Tx

from .model import (
    DEAD_KEPT,
    DELIVERED_KEPT,
    Counted,
    Delivery,
    DeliveryId,
    DeliveryState,
    NoticeId,
    Wanted,
)

PAGE, REPLAY, FORGET, LISTEN, DEAFEN = (
    sql_file(__file__, name) for name in ("page", "replay", "forget", "listen", "deafen")
)
HOLD = statement(
    "select id from integrations.deliveries where id = any(cast(:ids as bigint[]))"
    " order by id for no key update"
)
COUNT = statement(
    "select count(*) filter (where state = 'pending') as pending,"
    " count(*) filter (where state = 'dead') as dead,"
    " min(told_at) filter (where state = 'pending') as oldest_at,"
    " (select count(*) from integrations.queues where open_until > :at) as open_queues"
    " from integrations.deliveries where state in ('pending', 'dead')"
)
HEARD = statement(
    "select event, address from integrations.app_endpoints where app_id = :app_id order by event"
)
MANY = 10_000


def log(
    tx: Tx, wanted: Wanted, *, after: DeliveryId | None = None, limit: int = 50
) -> list[Delivery]:
    """The log, latest first: all of it for who reads apps, else what concerns one's own shops."""
    asked = {
        "everywhere": tx.actor.may(Permission.APP_READ),
        "places": tx.actor.places(Permission.AUTHORISATION_READ),
        "app_id": wanted.app_id,
        "state": wanted.state,
        "event": wanted.event,
        "told_from": wanted.told_from,
        "told_before": wanted.told_before,
        "after": after,
        "many": limit,
    }
    return [_delivery(row) for row in tx.sql.execute(PAGE, asked)]


def replay(tx: Tx, ids: Sequence[DeliveryId]) -> list[DeliveryId | Problem]:
    """Send again what was given up. What an app may not hear any more stays as it is."""
    access.demand(tx, Permission.APP_EDIT)
    asked = {"ids": sorted(set(ids))}
    tx.sql.execute(HOLD, asked)
    done = {row.id for row in tx.sql.execute(REPLAY, {**asked, "at": clock.real()})}
    marks = [identity.Mark(action="integrations.replay", subject=id) for id in sorted(done)]
    identity.audit(tx, marks)
    return [id if id in done else NotFound("dead delivery", id) for id in ids]


def listen(tx: Tx, app_id: AppId, events: Collection[str], address: str | None) -> None:
    """Send an app these events of every shop that let it in to an address, or nowhere."""
    access.demand(tx, Permission.APP_EDIT)
    if address is not None and not 0 < len(address) <= LONGEST_ADDRESS:
        raise BadInput("address", f"1 to {LONGEST_ADDRESS} characters")
    rows: dict[str, Any] = {"app_id": app_id, "events": sorted(set(events))}
    if address is None:
        tx.sql.execute(DEAFEN, rows)
    else:
        tx.sql.execute(LISTEN, {**rows, "address": address, "at": clock.real()})


def heard(tx: Tx, app_id: AppId) -> dict[str, str]:
    """Where an app hears of every shop that let it in, by event."""
    access.demand(tx, Permission.APP_READ)
    return {row.event: row.address for row in tx.sql.execute(HEARD, {"app_id": app_id})}


def forget_deliveries(tx: Tx) -> int:
    """Drop from the log what is older than it is kept; how many."""
    at, gone = clock.real(), 0
    for states, kept in ((["delivered", "dropped"], DELIVERED_KEPT), (["dead"], DEAD_KEPT)):
        asked = {"states": states, "before": at - kept, "many": MANY}
        gone += tx.sql.execute(FORGET, asked).rowcount
    return gone


def counted(sql: Connection) -> Counted:
    """How deliveries fare on the whole: the platform's own figures, of no tenant."""
    row = sql.execute(COUNT, {"at": clock.real()}).one()
    oldest: datetime | None = row.oldest_at
    return Counted(
        pending=row.pending, dead=row.dead, oldest_at=oldest, open_queues=row.open_queues
    )


def _delivery(row: Any) -> Delivery:
    return Delivery(
        id=DeliveryId(row.id),
        app_id=AppId(row.app_id),
        organisation_id=OrganisationId(row.organisation_id),
        shop_id=None if row.shop_id is None else ShopId(row.shop_id),
        event=row.event,
        notice_id=NoticeId(row.notice_id),
        address=row.address,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        told_at=row.told_at,
        due_at=row.due_at,
        status=row.status,
        latency_ms=row.latency_ms,
        reason=row.reason,
        answered_at=row.answered_at,
    )
