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
from entrepot.kernel.tx import Tx


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
    people = store.people_by_ids(tx, ids)
    belong: dict[PersonId, list[Membership]] = {id: [] for id in ids}
    for one in store.memberships_of(tx, belong):
        belong[one.person_id].append(one)
    new = store.newcomers(tx, belong, clock.real())
    everywhere = tx.actor.may(Permission.PERSON_INVITE)
    known = roles.on(rulebook.of(tx), tx.now.date())
    found: dict[PersonId, Problem | None] = {}
    for id, places in belong.items():
        there = id in people and people[id].erased_at is None
        if not (there and (everywhere or (id in new and _let_in(tx, places)))):
            found[id] = PersonNotFound("person", id)
        else:
            beyond = {
                permission
                for place in places
                for permission in access.lacking(
                    tx.actor, [*known.get(place.role, ())], place.organisation_id
                )
            }
            found[id] = NotYours(sorted(beyond)) if beyond else None
    return found


def _let_in(tx: Tx, places: Sequence[Membership]) -> bool:
    """Whether they belong only where this actor lets people in."""
    may = Permission.MEMBER_EDIT
    return bool(places) and all(tx.actor.may(may, place.organisation_id) for place in places)
