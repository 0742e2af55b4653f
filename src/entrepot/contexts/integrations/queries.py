"""Public reads of integrations."""

from collections.abc import Sequence

from entrepot.contexts.merchants import ShopId
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx

from . import access, store
from .access import Permission
from .model import App, AppId, Authorisation, AuthorisationId, Endpoint
from .problems import AppNotFound, AuthorisationNotFound

PAGE = 200


def app_of_key(tx: Tx, key: str) -> App | None:
    """The app that calls itself so. For surfaces: no permission is asked."""
    return store.app_of_key(tx, key)


def known_apps(tx: Tx, ids: Sequence[AppId]) -> dict[AppId, App]:
    """Those of the apps that exist. For surfaces and flows: no permission is asked."""
    return store.apps_by_ids(tx, ids)


def apps(tx: Tx, after: AppId | None = None, limit: int = PAGE) -> list[App]:
    """A page of all apps, by id."""
    access.demand(tx, Permission.APP_READ)
    return store.apps_after(tx, after, min(limit, PAGE))


def apps_by_ids(tx: Tx, ids: Sequence[AppId]) -> list[App | Problem]:
    """Apps in the order of the ids."""
    access.demand(tx, Permission.APP_READ)
    found = store.apps_by_ids(tx, ids)
    return [found.get(id) or AppNotFound(id) for id in ids]


def page(tx: Tx, after: AuthorisationId | None = None, limit: int = PAGE) -> list[Authorisation]:
    """A page of the authorisations that this actor may see, ended ones too, by id."""
    visible = access.visible_to(tx.actor)
    return store.authorisations_after(tx, after, min(limit, PAGE), visible)


def by_ids(tx: Tx, ids: Sequence[AuthorisationId]) -> list[Authorisation | Problem]:
    """Authorisations as this actor may see them, in the order of the ids."""
    found = store.authorisations_by_ids(tx, ids, access.visible_to(tx.actor))
    return [found.get(id) or AuthorisationNotFound(id) for id in ids]


def endpoints(tx: Tx, app_id: AppId, shop_id: ShopId) -> list[Endpoint]:
    """Where an app wants to hear of a shop. For its surface, which knows both: nothing is asked."""
    return store.endpoints_of(tx, app_id, shop_id)
