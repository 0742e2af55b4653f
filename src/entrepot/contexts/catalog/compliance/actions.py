"""Writing down who made goods and who answers for them."""

from collections.abc import Mapping, Sequence

from entrepot.contexts import merchants
from entrepot.contexts.catalog import access
from entrepot.contexts.catalog.access import Permission
from entrepot.kernel.problems import NotFound, Problem
from entrepot.kernel.tx import Tx

from . import store
from .model import NewParty, Party, PartyEdit, PartyId, Phone, Profile, bad_profile


def add_parties(tx: Tx, wishes: Sequence[NewParty]) -> list[PartyId | Problem]:
    """Write parties down, each for its merchant."""
    refused = [_bad(tx, wish) for wish in wishes]
    allowed = [wish for wish, no in zip(wishes, refused, strict=True) if no is None]
    made = iter(store.add(tx, allowed) if allowed else ())
    return [no or next(made) for no in refused]


def edit_parties(tx: Tx, wishes: Sequence[PartyEdit]) -> list[Party | Problem]:
    """Change profiles, or add one in another language; one wish for a party at a time."""
    ids = [wish.party_id for wish in wishes]
    store.hold(tx, ids)
    held = store.by_ids(tx, ids)
    outcomes = [_edited(tx, wish, held) for wish in wishes]
    profiles = [
        (wish.party_id, outcome)
        for wish, outcome in zip(wishes, outcomes, strict=True)
        if isinstance(outcome, Profile)
    ]
    store.say(tx, profiles)
    after = store.by_ids(tx, ids)
    return [
        after[wish.party_id] if isinstance(outcome, Profile) else outcome
        for wish, outcome in zip(wishes, outcomes, strict=True)
    ]


def _bad(tx: Tx, wish: NewParty) -> Problem | None:
    if not merchants.sides(tx.actor, Permission.EDIT, wish.merchant_id):
        return access.not_granted(Permission.EDIT)
    return bad_profile(wish.kind, wish.profile)


def _edited(tx: Tx, wish: PartyEdit, held: Mapping[PartyId, Party]) -> Profile | Problem:
    party = held.get(wish.party_id)
    if party is None or party.kind is not wish.kind:
        return NotFound(wish.kind.replace("_", " "), wish.party_id)
    if not merchants.sides(tx.actor, Permission.EDIT, party.merchant_id):
        if party.merchant_id not in tx.actor.places(Permission.READ):
            return NotFound(wish.kind.replace("_", " "), wish.party_id)
        return access.not_granted(Permission.EDIT)
    after = wish.profile.of(_start(party, wish.profile.locale))
    return bad_profile(wish.kind, after) or after


def _start(party: Party, locale: str) -> Profile:
    """The profile in that language; for a new language an empty one."""
    found = (one for one in party.profiles if one.locale == locale)
    empty = Profile(locale=locale, name="", email="", phone=Phone(), address="")
    return next(found, empty)
