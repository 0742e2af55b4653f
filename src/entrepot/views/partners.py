"""Who calls the Partner API: app, authorisation and shop, resolved before anything is known.

Nothing of it is shown to anybody: it is what decides what the caller may see.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from entrepot.contexts import merchants
from entrepot.contexts.integrations import AppId, AppKind, AppState, AuthorisationId, digest
from entrepot.contexts.merchants import SellerType, Shop, ShopId, ShopState
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.db import sql_file

CALLER = sql_file(__file__, "caller")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownApp:
    """The app that a key names."""

    id: AppId
    name: str
    generation: int  # Of its secret.
    active: bool
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """An app acting for an organisation, about one of its shops or none."""

    app_id: AppId
    authorisation_id: AuthorisationId
    organisation_id: OrganisationId
    kind: AppKind
    scopes: frozenset[str]
    access_ends_at: datetime  # Real time.
    revoked: bool
    shop: merchants.Shop | None


def caller(
    sql: Connection, key: str, access: str, shop_id: ShopId | None
) -> tuple[KnownApp | None, Caller | None]:
    """The app of a key, and whom the token lets it act for; the shop is one of that organisation.

    Scopes are those granted that the app still asks for.
    """
    given = {"key": key, "access": digest(access), "shop_id": shop_id and int(shop_id)}
    row = sql.execute(CALLER, given).one_or_none()
    if row is None:
        return None, None
    app = KnownApp(
        id=AppId(row.app_id),
        name=row.app_name,
        generation=row.app_generation,
        active=row.app_state == AppState.ACTIVE,
        scopes=frozenset(row.app_scopes),
    )
    return app, None if row.authorisation_id is None else _caller(app, row)


def _caller(app: KnownApp, row: Row[Any]) -> Caller:
    return Caller(
        app_id=app.id,
        authorisation_id=AuthorisationId(row.authorisation_id),
        organisation_id=OrganisationId(row.organisation_id),
        kind=AppKind(row.kind),
        scopes=app.scopes & frozenset(row.scopes),
        access_ends_at=row.access_ends_at,
        revoked=row.revoked_at is not None,
        shop=None if row.shop_id is None else _shop(row),
    )


def _shop(row: Row[Any]) -> Shop:
    return Shop(
        id=ShopId(row.shop_id),
        merchant_id=OrganisationId(row.merchant_id),
        name=row.name,
        market=row.market,
        mode=row.mode,
        seller_type=SellerType(row.seller_type),
        state=ShopState(row.state),
        stage=row.stage,
        opened_on=row.opened_on,
        order_cap=row.order_cap,
        listing_cap=row.listing_cap,
    )
