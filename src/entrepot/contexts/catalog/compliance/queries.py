"""Public reads of manufacturers and responsible persons."""

import re
from collections.abc import Sequence

from entrepot.contexts import merchants
from entrepot.contexts.catalog import access
from entrepot.contexts.catalog import store as products
from entrepot.contexts.catalog.access import Permission
from entrepot.contexts.catalog.details import Details
from entrepot.contexts.catalog.model import Listing, ListingId
from entrepot.contexts.catalog.research import Research
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.problems import BadInput
from entrepot.kernel.tx import Tx

from . import store
from .model import Party, PartyId, PartyKind

NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)


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
    if not merchants.sides(tx.actor, Permission.READ, merchant_id):
        return [], 0
    ids, total = store.find(tx, merchant_id, kind, asked, part)
    found = store.by_ids(tx, ids)
    return [found[id] for id in ids], total


def bad_parties(tx: Tx, merchant_id: OrganisationId, details: Details) -> BadInput | None:
    """Who is named as maker or as responsible and is nobody whom this merchant wrote down."""
    named = {
        PartyKind.MANUFACTURER: details.manufacturer_ids,
        PartyKind.RESPONSIBLE_PERSON: details.responsible_person_ids,
    }
    numbers = [PartyId(id) for ids in named.values() for id in ids if NUMBER.fullmatch(id)]
    found = store.by_ids(tx, numbers) if numbers else {}
    mine = {(one.kind, str(id)) for id, one in found.items() if one.merchant_id == merchant_id}
    unknown = ((kind, id) for kind, ids in named.items() for id in ids if (kind, id) not in mine)
    kind, id = next(unknown, (None, ""))
    return None if kind is None else BadInput(f"{kind}_ids", f"{id} is none of yours")


def research(
    tx: Tx, asked: Research, after: ListingId | None = None, limit: int = 50
) -> tuple[list[Listing], int]:
    """Listings in whichever markets, as far as this actor may see, and how many there are."""
    return products.research(tx, asked, after, limit, access.visible_to(tx.actor))
