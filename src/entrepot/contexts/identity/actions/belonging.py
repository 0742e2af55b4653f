"""Who belongs to which organisation, in which role."""

from collections.abc import Sequence

from entrepot import rulebook
from entrepot.contexts.identity import access, roles, store
from entrepot.contexts.identity.access import Permission
from entrepot.contexts.identity.model import Mark, Membership
from entrepot.contexts.identity.problems import (
    AlreadyMember,
    LastOwner,
    NoSuchRole,
    NotYours,
    OrganisationNotFound,
    PersonNotFound,
)
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx


def join(tx: Tx, wishes: Sequence[Membership]) -> list[Membership | Problem]:
    """Give people roles in organisations. Nobody gives a role that can do more than they can."""
    known = roles.on(rulebook.of(tx), tx.now.date())
    people = store.people_by_ids(tx, {wish.person_id for wish in wishes})
    outcomes: list[Membership | Problem] = []
    for wish, refusal in zip(wishes, _refusals(tx, wishes), strict=True):
        person = people.get(wish.person_id)
        if refusal:
            outcomes.append(refusal)
        elif person is None or person.erased_at is not None:
            outcomes.append(PersonNotFound("person", wish.person_id))
        elif wish.role not in known:
            outcomes.append(NoSuchRole(wish.role))
        elif lacking := access.lacking(tx.actor, known[wish.role], wish.organisation_id):
            outcomes.append(NotYours(sorted(lacking)))
        else:
            outcomes.append(wish)
    wanted = [one for one in outcomes if isinstance(one, Membership)]
    new = store.add_memberships(tx, [*dict.fromkeys(wanted)])
    _tell(tx, "identity.join", [*new])
    return [
        AlreadyMember(one.role) if isinstance(one, Membership) and one not in new else one
        for one in outcomes
    ]


def leave(tx: Tx, wishes: Sequence[Membership]) -> list[Membership | Problem]:
    """Take roles away, or lay one's own down. Somebody who can let people in always stays."""
    known = roles.on(rulebook.of(tx), tx.now.date())
    store.hold_organisations(tx, {wish.organisation_id for wish in wishes})
    places = {wish.organisation_id for wish in wishes}
    left = {*store.members_of(tx, places, access.members_visible_to(tx.actor))}
    everybody = {*store.members_of(tx, places)}
    outcomes: list[Membership | Problem] = []
    for wish, refusal in zip(wishes, _refusals(tx, wishes), strict=True):
        own = wish.person_id == tx.actor.person
        if wish not in left:
            outcomes.append(PersonNotFound("member", wish.person_id))
        elif refusal and not own:
            outcomes.append(refusal)
        elif not _manages(everybody - {wish}, wish.organisation_id, known):
            outcomes.append(LastOwner())
        else:
            left.remove(wish)
            everybody.remove(wish)
            outcomes.append(wish)
    gone = [one for one in outcomes if isinstance(one, Membership)]
    store.remove_memberships(tx, gone)
    _tell(tx, "identity.leave", gone)
    return outcomes


def _refusals(tx: Tx, wishes: Sequence[Membership]) -> list[Problem | None]:
    places = {wish.organisation_id for wish in wishes}
    found = store.organisations_by_ids(tx, places, access.visible_to(tx.actor))
    may = Permission.MEMBER_EDIT
    return [
        OrganisationNotFound("organisation", wish.organisation_id)
        if wish.organisation_id not in found
        else None
        if tx.actor.may(may, wish.organisation_id)
        else access.refusal(may)
        for wish in wishes
    ]


def _manages(members: set[Membership], place: OrganisationId, known: roles.Roles) -> bool:
    return any(
        Permission.MEMBER_EDIT in known.get(member.role, ())
        for member in members
        if member.organisation_id == place
    )


def _tell(tx: Tx, action: str, changed: Sequence[Membership]) -> None:
    marks = [
        Mark(
            action=action,
            organisation_id=one.organisation_id,
            subject=one.person_id,
            detail={"role": one.role},
        )
        for one in changed
    ]
    store.add_audit(tx, marks)
