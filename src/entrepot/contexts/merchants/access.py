"""The only ways to shops, applications and what belongs to them."""

from collections.abc import Collection
from enum import StrEnum

from sqlalchemy import ColumnElement, select

from entrepot.kernel.access import Actor
from entrepot.kernel.problems import Forbidden, Problem
from entrepot.kernel.tx import Lock, Tx

from . import store
from .model import Application, ApplicationId, Shop, ShopId
from .problems import ApplicationNotFound, ShopNotFound
from .tables import accounts, applications, companies, contracts, documents, qualifications, shops


class Permission(StrEnum):
    """Alphabetical, as `noun:verb`, so that a diff shows what is new."""

    ONBOARDING_DECIDE = "onboarding:decide"
    ONBOARDING_READ = "onboarding:read"
    ONBOARDING_SUBMIT = "onboarding:submit"
    READ = "shop:read"
    SHOP_EDIT = "shop:edit"
    SHOP_GOVERN = "shop:govern"


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The shops that this actor may see: bound by every list and every view."""
    return actor.reach(Permission.READ, shops.c.merchant_id)


def applications_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The applications that this actor may see."""
    return actor.reach(Permission.ONBOARDING_READ, applications.c.merchant_id)


def companies_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The companies that this actor may see."""
    return actor.reach(Permission.ONBOARDING_READ, companies.c.merchant_id)


def documents_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The documents that this actor may see."""
    return actor.reach(Permission.ONBOARDING_READ, documents.c.merchant_id)


def accounts_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The accounts of the shops that this actor may see."""
    return accounts.c.shop_id.in_(select(shops.c.id).where(visible_to(actor)))


def contracts_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The contracts of the shops that this actor may see."""
    return contracts.c.shop_id.in_(select(shops.c.id).where(visible_to(actor)))


def qualifications_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The category permissions of the shops that this actor may see."""
    return qualifications.c.shop_id.in_(select(shops.c.id).where(visible_to(actor)))


def refusal(permission: Permission) -> Forbidden:
    """Said to who may see a thing but not do this to it."""
    return Forbidden(f"{permission} is not granted to you", permission=permission)


def hold_days(tx: Tx, ids: Collection[ShopId]) -> None:
    """Let one unit of work at a time count orders of these shops, or change what they may."""
    tx.hold(Lock.SHOP_DAYS, shops.c.id, ids)


def shops_to_change(
    tx: Tx, ids: Collection[ShopId], permission: Permission
) -> dict[ShopId, Shop | Problem]:
    """Shops held until the work ends; for each that the actor cannot have, the reason."""
    mine = visible_to(tx.actor)
    tx.hold(Lock.SHOP_DAYS, shops.c.id, ids, mine)  # What is not visible is not even locked.
    found = store.shops_by_ids(tx, ids, tx.now, mine)
    held: dict[ShopId, Shop | Problem] = {}
    for id in ids:
        shop = found.get(id)
        if shop is None:  # Absent or another's: the answer must not tell which.
            held[id] = ShopNotFound(id)
        elif not tx.actor.may(permission, shop.merchant_id):
            held[id] = refusal(permission)
        else:
            held[id] = shop
    return held


def applications_to_change(
    tx: Tx, ids: Collection[ApplicationId], permission: Permission
) -> dict[ApplicationId, Application | Problem]:
    """Applications held until the work ends, before anything of a shop is."""
    mine = applications_visible_to(tx.actor)
    store.hold_applications(tx, ids, mine)
    found = store.applications_by_ids(tx, ids, mine)
    held: dict[ApplicationId, Application | Problem] = {}
    for id in ids:
        application = found.get(id)
        if application is None:
            held[id] = ApplicationNotFound(id)
        elif not tx.actor.may(permission, application.merchant_id):
            held[id] = refusal(permission)
        else:
            held[id] = application
    return held
