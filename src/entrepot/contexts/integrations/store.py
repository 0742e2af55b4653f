"""Every statement on apps, authorisations, codes and endpoints."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql

from entrepot.contexts.merchants import ShopId
from entrepot.kernel.ids import among
from entrepot.kernel.tx import EVERY_ROW, Tx

from .model import (
    App,
    AppId,
    AppKind,
    AppState,
    Authorisation,
    AuthorisationId,
    Endpoint,
    Grant,
    NewEndpoint,
)
from .tables import apps, authorisations, codes, endpoints


def add_apps(tx: Tx, new: Sequence[App]) -> None:
    rows = [
        {
            "id": app.id,
            "key": app.key,
            "name": app.name,
            "redirect_url": app.redirect_url,
            "kinds": [kind.value for kind in app.kinds],
            "scopes": [*app.scopes],
            "state": app.state.value,
            "generation": app.generation,
            "registered_at": app.registered_at,
        }
        for app in new
    ]
    if rows:
        tx.sql.execute(insert(apps), rows)


def apps_by_ids(tx: Tx, ids: Collection[AppId]) -> dict[AppId, App]:
    return {row.id: _app(row) for row in tx.sql.execute(select(apps).where(among(apps.c.id, ids)))}


def app_of_key(tx: Tx, key: str) -> App | None:
    row = tx.sql.execute(select(apps).where(apps.c.key == key)).one_or_none()
    return None if row is None else _app(row)


def apps_after(tx: Tx, after: AppId | None, limit: int) -> list[App]:
    query = select(apps).where(apps.c.id > (after or 0)).order_by(apps.c.id).limit(limit)
    return [_app(row) for row in tx.sql.execute(query)]


def rotate(tx: Tx, ids: Collection[AppId]) -> None:
    """Give apps another secret; what is signed with the old one is refused from now on."""
    mine = among(apps.c.id, ids)
    tx.sql.execute(update(apps).where(mine).values(generation=apps.c.generation + 1))


def revoke_apps(tx: Tx, ids: Collection[AppId]) -> None:
    mine = among(apps.c.id, ids)
    tx.sql.execute(update(apps).where(mine).values(state=AppState.REVOKED.value))


def add_code(tx: Tx, secret: bytes, grant: Grant, ends_at: datetime) -> None:
    assert tx.actor.person is not None, "only people grant"
    row = {**_granted(grant), "secret": secret, "ends_at": ends_at, "granted_by": tx.actor.person}
    tx.sql.execute(insert(codes).values(row))


def take_code(tx: Tx, secret: bytes, app_id: AppId) -> Row[Any] | None:
    """A code is gone once it was looked at, whether it still held or not."""
    mine = codes.c.secret == secret, codes.c.app_id == app_id
    return tx.sql.execute(delete(codes).where(*mine).returning(codes)).one_or_none()


def forget_codes(tx: Tx, before: datetime) -> int:
    return tx.sql.execute(delete(codes).where(codes.c.ends_at < before)).rowcount


def save_grant(tx: Tx, id: AuthorisationId, grant: Grant, **fresh: Any) -> Authorisation:
    """Let an app in; if it is in already, what is granted now takes the place of what was."""
    given = {**_granted(grant), **fresh}
    statement = postgresql.insert(authorisations).values({**given, "id": id, "generation": 1})
    table = authorisations.c
    upsert = statement.on_conflict_do_update(
        index_elements=[table.app_id, table.organisation_id],
        index_where=table.revoked_at.is_(None),
        set_={**given, "generation": table.generation + 1, "warned_at": None},
    )
    return _authorisation(tx.sql.execute(upsert.returning(authorisations)).one())


def exchange(
    tx: Tx, app_id: AppId, token: bytes, at: datetime, **fresh: Any
) -> Authorisation | None:
    """Replace both tokens of whoever holds this refresh token; the old ones are dead at once."""
    table = authorisations.c
    mine = table.refresh == token, table.app_id == app_id
    alive = table.revoked_at.is_(None), table.ends_at > at
    renewed = {**fresh, "generation": table.generation + 1}
    statement = update(authorisations).where(*mine, *alive).values(renewed)
    row = tx.sql.execute(statement.returning(authorisations)).one_or_none()
    return None if row is None else _authorisation(row)


def authorisations_where(
    tx: Tx, *conditions: ColumnElement[bool], limit: int | None = None
) -> list[Authorisation]:
    query = select(authorisations).where(*conditions).order_by(authorisations.c.id).limit(limit)
    return [_authorisation(row) for row in tx.sql.execute(query)]


def authorisations_by_ids(
    tx: Tx, ids: Collection[AuthorisationId], visible: ColumnElement[bool] = EVERY_ROW
) -> dict[AuthorisationId, Authorisation]:
    found = authorisations_where(tx, among(authorisations.c.id, ids), visible)
    return {one.id: one for one in found}


def live_of_apps(tx: Tx, ids: Collection[AppId]) -> list[Authorisation]:
    live = authorisations.c.revoked_at.is_(None)
    return authorisations_where(tx, among(authorisations.c.app_id, ids), live)


def authorisations_after(
    tx: Tx, after: AuthorisationId | None, limit: int, visible: ColumnElement[bool]
) -> list[Authorisation]:
    later = authorisations.c.id > (after or 0)
    return authorisations_where(tx, later, visible, limit=limit)


def revoke(tx: Tx, ids: Collection[AuthorisationId], at: datetime) -> list[Authorisation]:
    """Those that were still in force."""
    mine = among(authorisations.c.id, ids), authorisations.c.revoked_at.is_(None)
    statement = update(authorisations).where(*mine).values(revoked_at=at)
    rows = tx.sql.execute(statement.returning(authorisations))
    return sorted((_authorisation(row) for row in rows), key=lambda one: one.id)


def expire_access(tx: Tx, ids: Collection[AuthorisationId], at: datetime) -> None:
    mine = among(authorisations.c.id, ids), authorisations.c.revoked_at.is_(None)
    tx.sql.execute(update(authorisations).where(*mine).values(access_ends_at=at))


def warn(tx: Tx, at: datetime, ending: datetime, told: datetime, limit: int) -> list[Authorisation]:
    """Mark those that end between now and `ending` and were not told of since `told`."""
    table = authorisations.c
    due = table.revoked_at.is_(None), table.ends_at > at, table.ends_at <= ending
    untold = or_(table.warned_at.is_(None), table.warned_at < told)
    chosen = select(table.id).where(*due, untold).order_by(table.id).limit(limit)
    mine = chosen.with_for_update(key_share=True, skip_locked=True)
    statement = update(authorisations).where(table.id.in_(mine)).values(warned_at=at)
    rows = tx.sql.execute(statement.returning(authorisations))
    return sorted((_authorisation(row) for row in rows), key=lambda one: one.id)


def set_endpoints(tx: Tx, new: Sequence[NewEndpoint], at: datetime) -> None:
    rows = [
        {
            "app_id": one.app_id,
            "shop_id": one.shop_id,
            "event": one.event,
            "address": one.address,
            "created_at": at,
            "updated_at": at,
        }
        for one in new
    ]
    if not rows:
        return
    statement = postgresql.insert(endpoints).values(rows)
    renewed = {"address": statement.excluded.address, "updated_at": at}
    key = ["app_id", "shop_id", "event"]
    tx.sql.execute(statement.on_conflict_do_update(index_elements=key, set_=renewed))


def endpoints_of(tx: Tx, app_id: AppId, shop_id: ShopId) -> list[Endpoint]:
    mine = endpoints.c.app_id == app_id, endpoints.c.shop_id == shop_id
    rows = tx.sql.execute(select(endpoints).where(*mine).order_by(endpoints.c.event))
    return [Endpoint(**row._mapping) for row in rows]  # noqa: SLF001 - its one way.


def drop_endpoint(tx: Tx, app_id: AppId, shop_id: ShopId, event: str) -> bool:
    mine = endpoints.c.app_id == app_id, endpoints.c.shop_id == shop_id
    return bool(tx.sql.execute(delete(endpoints).where(*mine, endpoints.c.event == event)).rowcount)


def _granted(grant: Grant) -> dict[str, Any]:
    return {
        "app_id": grant.app_id,
        "organisation_id": grant.organisation_id,
        "kind": grant.kind.value,
        "scopes": [*grant.scopes],
    }


def _app(row: Row[Any]) -> App:
    return App(
        id=row.id,
        key=row.key,
        name=row.name,
        redirect_url=row.redirect_url,
        kinds=tuple(AppKind(kind) for kind in row.kinds),
        scopes=tuple(row.scopes),
        state=AppState(row.state),
        generation=row.generation,
        registered_at=row.registered_at,
    )


def _authorisation(row: Row[Any]) -> Authorisation:
    return Authorisation(
        id=row.id,
        app_id=row.app_id,
        organisation_id=row.organisation_id,
        kind=AppKind(row.kind),
        scopes=tuple(row.scopes),
        access_ends_at=row.access_ends_at,
        ends_at=row.ends_at,
        generation=row.generation,
        granted_by=row.granted_by,
        granted_at=row.granted_at,
        revoked_at=row.revoked_at,
    )
