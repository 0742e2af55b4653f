"""Brands: whose they are, and who may claim them."""

from collections.abc import Collection, Sequence

from entrepot.contexts import merchants
from entrepot.contexts.catalog import access, store
from entrepot.contexts.catalog.access import Permission
from entrepot.contexts.catalog.details import BrandId
from entrepot.contexts.catalog.model import Brand, NewBrand
from entrepot.contexts.catalog.problems import BrandTaken
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.problems import BadInput, Forbidden, Problem
from entrepot.kernel.tx import Tx

SHORTEST, LONGEST = 2, 30
KNOWN_EVERYWHERE = OrganisationId(0)


def create_brands(tx: Tx, wishes: Sequence[NewBrand]) -> list[Brand | Problem]:
    """Make up brands of a merchant's own. A name that is known everywhere is not free."""
    taken = store.taken_names(tx, {wish.name for wish in wishes})
    refused = [_problem(tx, wish, taken) for wish in wishes]
    allowed = [wish for wish, no in zip(wishes, refused, strict=True) if no is None]
    added = iter(store.add_brands(tx, allowed))
    return [no or _made(next(added), wish) for no, wish in zip(refused, wishes, strict=True)]


def know_brands(tx: Tx, names: Collection[str], *, are_protected: bool) -> list[BrandId]:
    """Brands that everybody may name; a protected one takes its owner's permission."""
    if not tx.actor.may(Permission.AUDIT):
        raise access.not_granted(Permission.AUDIT)
    wishes = [NewBrand(merchant_id=KNOWN_EVERYWHERE, name=name) for name in names]
    added = store.add_brands(tx, wishes, is_protected=are_protected)
    return [id for id in added if id is not None]


def permit_brand(tx: Tx, brand_id: BrandId, merchant_id: OrganisationId) -> None:
    """Write down that a merchant may claim a brand: who audits has seen the proof."""
    if not tx.actor.may(Permission.AUDIT):
        raise access.not_granted(Permission.AUDIT)
    store.permit(tx, brand_id, merchant_id)


def _problem(tx: Tx, wish: NewBrand, taken: set[str]) -> Problem | Forbidden | None:
    if not merchants.sides(tx.actor, Permission.EDIT, wish.merchant_id):
        return access.not_granted(Permission.EDIT)
    if not SHORTEST <= len(wish.name.strip()) <= LONGEST:
        return BadInput("name", f"{SHORTEST} to {LONGEST} characters")
    return BrandTaken(wish.name) if wish.name.lower() in taken else None


def _made(id: BrandId | None, wish: NewBrand) -> Brand | Problem:
    if id is None:
        return BrandTaken(wish.name)
    return Brand(id=id, name=wish.name, is_protected=False, is_permitted=True)
