"""Public reads of merchants."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from entrepot.kernel.access import OrganisationId
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx

from . import access, store
from .lifecycle import QualificationState
from .model import (
    Account,
    Agreement,
    Application,
    ApplicationId,
    Company,
    Contract,
    Correction,
    Document,
    Qualification,
    Shop,
    ShopId,
)
from .problems import ApplicationNotFound, ShopNotFound

PAGE = 200


def shops(tx: Tx, ids: Collection[ShopId], at: datetime | None = None) -> dict[ShopId, Shop]:
    """Those shops that exist, in the mode in force then. For flows: no permission is asked."""
    return store.shops_by_ids(tx, ids, at or tx.now)


def of_market(tx: Tx, market: str) -> list[Shop]:
    """All shops of a market, closed ones too, by id. For flows: no permission is asked."""
    return store.shops_of_market(tx, market)


def by_ids(tx: Tx, ids: Sequence[ShopId]) -> list[Shop | Problem]:
    """Shops as this actor may see them, in the order of the ids."""
    found = store.shops_by_ids(tx, ids, tx.now, access.visible_to(tx.actor))
    return [found.get(id) or ShopNotFound(id) for id in ids]


def page(tx: Tx, after: ShopId | None = None, limit: int = PAGE) -> list[Shop]:
    """A page of the shops that this actor may see, by id."""
    return store.shops_after(tx, after, min(limit, PAGE), access.visible_to(tx.actor))


def applications(tx: Tx, ids: Sequence[ApplicationId]) -> list[Application | Problem]:
    """Applications as this actor may see them, in the order of the ids."""
    visible = access.applications_visible_to(tx.actor)
    found = store.applications_by_ids(tx, ids, visible)
    return [found.get(id) or ApplicationNotFound(id) for id in ids]


def applications_page(
    tx: Tx, after: ApplicationId | None = None, limit: int = PAGE
) -> list[Application]:
    """A page of the applications that this actor may see, by id."""
    visible = access.applications_visible_to(tx.actor)
    return store.applications_after(tx, after, min(limit, PAGE), visible)


def corrections(tx: Tx, ids: Sequence[ApplicationId]) -> list[Correction]:
    """What was asked to be put right, as far as this actor may see the applications."""
    visible = access.applications_visible_to(tx.actor)
    return store.corrections_of(tx, [*store.applications_by_ids(tx, ids, visible)])


def companies(tx: Tx, ids: Sequence[OrganisationId]) -> dict[OrganisationId, Company]:
    """The companies of merchants, as far as this actor may see."""
    return store.companies_by_ids(tx, ids, access.companies_visible_to(tx.actor))


def documents(tx: Tx, ids: Sequence[OrganisationId]) -> dict[OrganisationId, list[Document]]:
    """The current documents of merchants, as far as this actor may see."""
    return store.documents_of(tx, ids, access.documents_visible_to(tx.actor))


def contracts(tx: Tx, ids: Sequence[ShopId]) -> list[Contract]:
    """The contracts of shops by their first day, as far as this actor may see."""
    return store.contracts_of(tx, ids, access.contracts_visible_to(tx.actor))


def accounts(tx: Tx, ids: Sequence[ShopId]) -> list[Account]:
    """The accounts of shops, as far as this actor may see."""
    return store.accounts_of(tx, ids, access.accounts_visible_to(tx.actor))


def qualifications(tx: Tx, ids: Sequence[ShopId]) -> list[Qualification]:
    """The category permissions of shops, as far as this actor may see."""
    visible = access.qualifications_visible_to(tx.actor)
    return [*store.qualifications_of(tx, ids, visible).values()]


def granted_categories(tx: Tx, ids: Sequence[ShopId]) -> dict[ShopId, frozenset[str]]:
    """The categories that each shop was let into. For flows: no permission is asked."""
    found = store.qualifications_of(tx, ids).values()
    granted = [one for one in found if one.state is QualificationState.GRANTED]
    return {id: frozenset(one.category for one in granted if one.shop_id == id) for id in ids}


def agreements(tx: Tx, ids: Collection[ShopId], topic: str, day: date) -> dict[ShopId, Agreement]:
    """What is agreed with each shop on a topic that day; it goes before the rules.

    For flows: no permission is asked.
    """
    return store.agreements_on(tx, ids, topic, day)
