"""Places where goods lie, and where those are."""

from collections.abc import Sequence
from dataclasses import replace

from entrepot.contexts.inventory import store
from entrepot.contexts.inventory.access import Permission, may, sees
from entrepot.contexts.inventory.model import Location, LocationEdit, NewLocation
from entrepot.kernel.problems import BadInput, Forbidden, NotFound, Problem
from entrepot.kernel.tx import Tx


def locate(tx: Tx, wishes: Sequence[NewLocation]) -> list[Location | Problem]:
    """Open places where goods lie."""
    refused = [_bad_location(tx, wish) for wish in wishes]
    allowed = [wish for wish, no in zip(wishes, refused, strict=True) if no is None]
    added = iter(store.add_locations(tx, allowed))
    return [
        no or next(added) or BadInput("code", f"{wish.code} is the code of another location")
        for wish, no in zip(wishes, refused, strict=True)
    ]


def set_addresses(tx: Tx, wishes: Sequence[LocationEdit]) -> list[Location | Problem]:
    """Say where locations are: for whoever keeps them."""
    found = store.locations_by(tx, {wish.location_id for wish in wishes})
    outcomes = [_addressed(tx, wish, found.get(wish.location_id)) for wish in wishes]
    pairs = zip(wishes, outcomes, strict=True)
    store.save_addresses(tx, [wish for wish, one in pairs if isinstance(one, Location)])
    return outcomes


def _bad_location(tx: Tx, wish: NewLocation) -> Problem | None:
    if not may(tx.actor, Permission.EDIT, wish.keeper_id):
        return Forbidden(f"{Permission.EDIT} is not granted to you", permission=Permission.EDIT)
    return None if wish.address is None else wish.address.bad(wish.country)


def _addressed(tx: Tx, wish: LocationEdit, place: Location | None) -> Location | Problem:
    if place is None or not sees(tx.actor, place.keeper_id):
        return NotFound("location", wish.location_id)
    if not may(tx.actor, Permission.EDIT, place.keeper_id):
        return Forbidden(f"{Permission.EDIT} is not granted to you", permission=Permission.EDIT)
    no = None if wish.address is None else wish.address.bad(place.country)
    return no or replace(place, address=wish.address)
