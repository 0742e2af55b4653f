"""Public reads of manufacturers and responsible persons."""

from collections.abc import Collection, Sequence

from entrepot.contexts.catalog import access
from entrepot.contexts.catalog import store as products
from entrepot.contexts.catalog.access import Permission
from entrepot.contexts.catalog.model import Listing, ListingId
from entrepot.contexts.catalog.research import Research
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.tx import Tx

from . import store
from .model import Party, PartyId, PartyKind


def find_parties(
    tx: Tx,
    merchant_id: OrganisationId,
    kind: PartyKind,
    asked: tuple[Sequence[PartyId] | None, str] = (None, ""),
    part: tuple[PartyId | None, int] = (None, 50),
) -> tuple[list[Party], int]:
    """A merchant's parties by ids or by a word, the newest first, and how many there are in all.

    `part` is behind which one the page begins, and how many it has.
    """
    if not access.sides(tx.actor, Permission.READ, merchant_id):
        return [], 0
    ids, total = store.find(tx, merchant_id, kind, asked, part)
    found = store.by_ids(tx, ids)
    return [found[id] for id in ids], total


def unknown_party(
    tx: Tx, merchant_id: OrganisationId, kind: PartyKind, ids: Collection[str]
) -> str | None:
    """The first of the ids that is none of a merchant's parties."""
    numbers = [PartyId(id) for id in ids if id.isascii() and id.isdigit() and len(id) < 19]
    found = store.by_ids(tx, numbers) if numbers else {}
    known = {
        str(int(id))
        for id, one in found.items()
        if one.merchant_id == merchant_id and one.kind is kind
    }
    return next((id for id in ids if id not in known), None)


def research(
    tx: Tx, asked: Research, after: ListingId | None = None, limit: int = 50
) -> tuple[list[Listing], int]:
    """Listings in whichever markets, as far as this actor may see, and how many there are."""
    return products.research(tx, asked, after, limit, access.visible_to(tx.actor))
