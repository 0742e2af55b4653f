"""Writing down what is to be sent, in the transaction of whoever found out that it is."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from entrepot.contexts.integrations.model import AppId
from entrepot.contexts.merchants import ShopId
from entrepot.kernel import clock
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.db import sql_file, statement
from entrepot.kernel.ids import new_ids
from entrepot.kernel.tx import Tx

from .model import Listener, NewDelivery, NoticeId

ADD, DROP, LISTENERS = (sql_file(__file__, name) for name in ("add", "drop", "listeners"))
HEARD = statement(
    "select e from unnest(cast(:events as text[])) e"
    " where exists (select from integrations.endpoints o where o.event = e)"
    " or exists (select from integrations.app_endpoints o where o.event = e)"
)


def events_heard(tx: Tx, events: Sequence[str]) -> set[str]:
    """Those events for which there is any endpoint at all: nothing else has to be told."""
    return set(tx.sql.execute(HEARD, {"events": [*events]}).scalars())


def listeners(tx: Tx, shops: Mapping[ShopId, OrganisationId]) -> list[Listener]:
    """Who wants to hear what of shops, given with whose they are; also those who no more may."""
    if not shops:
        return []
    asked = {"shops": [*shops], "organisations": [*shops.values()], "at": clock.real()}
    return [_listener(row) for row in tx.sql.execute(LISTENERS, asked)]


def notice_ids(tx: Tx, n: int) -> list[NoticeId]:
    """Fresh ids for notices, which stand in their bodies."""
    return new_ids(tx.sql, NoticeId, n) if n else []


def send(tx: Tx, new: Sequence[NewDelivery]) -> None:
    """Let these be sent, in this order."""
    if not new:
        return
    rows = {
        "apps": [one.to.app_id for one in new],
        "addresses": [one.to.address for one in new],
        "organisations": [one.to.organisation_id for one in new],
        "shops": [one.to.shop_id for one in new],
        "events": [one.to.event for one in new],
        "notices": [one.notice_id for one in new],
        "subjects": [int(one.subject) for one in new],
        "bodies": [one.body for one in new],
        "farewells": [one.farewell for one in new],
    }
    tx.sql.execute(ADD, {**rows, "at": clock.real()})


def drop(tx: Tx, of: Collection[tuple[AppId, OrganisationId]]) -> int:
    """Send apps nothing more that concerns organisations which shut them out; how many."""
    if not of:
        return 0
    apps, organisations = [app for app, _ in of], [organisation for _, organisation in of]
    asked = {"apps": apps, "organisations": organisations, "at": clock.real()}
    return int(tx.sql.execute(DROP, asked).rowcount)


def _listener(row: Any) -> Listener:
    return Listener(
        app_id=AppId(row.app_id),
        shop_id=ShopId(row.shop_id),
        organisation_id=OrganisationId(row.organisation_id),
        event=row.event,
        address=row.address,
        scopes=frozenset(row.scopes),
        live=row.live,
    )
