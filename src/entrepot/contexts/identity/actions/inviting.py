"""One-time links with which people set their own passwords.

No mail is needed: whoever asks for a link is shown it and hands it on. Links live in real time.
"""

from collections.abc import Sequence

from entrepot import rulebook
from entrepot.contexts.identity import access, roles, store
from entrepot.contexts.identity.access import Permission
from entrepot.contexts.identity.model import (
    INVITATION_LASTS,
    Invitation,
    InvitationId,
    Mark,
    Membership,
    digest,
    new_secret,
)
from entrepot.contexts.identity.problems import NotYours, PersonNotFound
from entrepot.kernel import clock
from entrepot.kernel.access import PersonId
from entrepot.kernel.ids import new_ids
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import EVERY_ROW, Tx


def invite(tx: Tx, wishes: Sequence[PersonId]) -> list[Invitation | Problem]:
    """Make links to set a password; earlier ones of the same people are dead.

    Who holds `person:invite` makes one for anybody who can do no more than they can; who lets
    people in, for those who came in there and have neither a password nor a link yet. Nobody
    becomes somebody who can do more by a link.
    """
    at = clock.real()
    ids = new_ids(tx.sql, InvitationId, len(wishes))
    refused = _refusals(tx, wishes)
    outcomes: list[Invitation | Problem] = [
        refused[person]
        or Invitation(id=id, person_id=person, ends_at=at + INVITATION_LASTS, secret=new_secret())
        for id, person in zip(ids, wishes, strict=True)
    ]
    made = {one.person_id: one for one in outcomes if isinstance(one, Invitation)}  # The last one.
    store.add_invitations(tx, [(one, digest(one.secret)) for one in made.values()], at)
    store.add_audit(tx, [Mark(action="identity.invite", subject=person) for person in made])
    return [made[one.person_id] if isinstance(one, Invitation) else one for one in outcomes]


def _refusals(tx: Tx, ids: Sequence[PersonId]) -> dict[PersonId, Problem | None]:
    store.hold_people(tx, ids)  # One link at a time; nobody joins anything between look and link.
    people = store.people_by_ids(tx, ids)
    belong: dict[PersonId, list[Membership]] = {id: [] for id in ids}
    for one in store.memberships_of(tx, belong):
        belong[one.person_id].append(one)
    new = store.newcomers(tx, belong, clock.real())
    everywhere = tx.actor.may(Permission.PERSON_INVITE)
    beyond = _beyond(tx, [one for places in belong.values() for one in places])
    found: dict[PersonId, Problem | None] = {}
    for id, places in belong.items():
        there = id in people and people[id].erased_at is None
        if not (there and (everywhere or (id in new and _let_in(tx, places)))):
            found[id] = PersonNotFound("person", id)
        else:
            found[id] = NotYours(sorted(beyond[id])) if beyond.get(id) else None
    return found


def _beyond(tx: Tx, all_: Sequence[Membership]) -> dict[PersonId, set[str]]:
    """What each of these members can do that this actor cannot, here or for clients."""
    known = roles.on(rulebook.of(tx), tx.now.date())
    ids = {one.organisation_id for one in all_}
    places = store.organisations_by_ids(tx, ids, EVERY_ROW)
    lent = store.live_grants_to(tx, ids, clock.real())
    beyond: dict[PersonId, set[str]] = {}
    for one in all_:
        can = known.get(one.role, frozenset())
        held = [(can, places[one.organisation_id].reach)]
        if Permission.GRANT_USE in can:
            held += [
                (frozenset(each.permissions), each.from_id)
                for each in lent
                if each.to_id == one.organisation_id
            ]
        for permissions, within in held:
            more = access.lacking(tx.actor, permissions, within)
            beyond.setdefault(one.person_id, set()).update(more)
    return beyond


def _let_in(tx: Tx, places: Sequence[Membership]) -> bool:
    """Whether they belong only where this actor lets people in."""
    may = Permission.MEMBER_EDIT
    return bool(places) and all(tx.actor.may(may, place.organisation_id) for place in places)
