"""Who belongs to which organisation, in which role."""

from collections.abc import Collection, Mapping, Sequence

from entrepot import rulebook
from entrepot.contexts.identity import access, roles, store
from entrepot.contexts.identity.access import Permission
from entrepot.contexts.identity.model import (
    ATTEMPT_WINDOW,
    NEWCOMERS_PER_PERSON,
    Mark,
    Membership,
    Newcomer,
    Organisation,
    newcomer_key,
)
from entrepot.contexts.identity.problems import (
    AlreadyMember,
    LastOwner,
    NoSuchRole,
    NotYours,
    OrganisationNotFound,
    PersonNotFound,
    TooManyNewcomers,
)
from entrepot.kernel import clock
from entrepot.kernel.access import OrganisationId, PersonId
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx

from .enrolment import enrol

Place = tuple[OrganisationId, str]  # An organisation, and a role there.


def count_newcomer(tx: Tx) -> TooManyNewcomers | None:
    """Count that somebody lets a new person in, before it is looked at.

    Run it in a unit of work of its own and raise what it returns only after that has committed:
    the count must survive the refusal.
    """
    at, key = clock.real(), newcomer_key(tx.actor.answerable)
    tries, ends = store.count_attempts(tx, [key], at, at + ATTEMPT_WINDOW)[key]
    if tries <= NEWCOMERS_PER_PERSON:
        return None
    return TooManyNewcomers(int((ends - at).total_seconds()) + 1)


def let_in(tx: Tx, wishes: Sequence[Newcomer]) -> list[Membership | Problem]:
    """Add people, each with a first role. Who may not let them in learns nothing of addresses."""
    places = [(wish.organisation_id, wish.role) for wish in wishes]
    outcomes: list[Membership | Problem] = []
    for wish, refusal in zip(wishes, _refusals(tx, places), strict=True):
        person = refusal or enrol(tx, [wish.person])[0]
        outcomes.append(
            person
            if isinstance(person, Problem)
            else Membership(
                person_id=person.id, organisation_id=wish.organisation_id, role=wish.role
            )
        )
    new = [one for one in outcomes if isinstance(one, Membership)]
    store.add_memberships(tx, new)
    _tell(tx, "identity.join", new)
    return outcomes


def join(tx: Tx, wishes: Sequence[Membership]) -> list[Membership | Problem]:
    """Give people whom one sees roles in organisations, none that can do more than oneself.

    Links to set a password that they have open are dead: those were made for who could do less.
    """
    ids = {wish.person_id for wish in wishes}
    store.hold_people(tx, ids)
    seen = _seen(tx, ids)
    refusals = _refusals(tx, [(wish.organisation_id, wish.role) for wish in wishes])
    outcomes: list[Membership | Problem] = [
        refusal or (wish if wish.person_id in seen else PersonNotFound("person", wish.person_id))
        for wish, refusal in zip(wishes, refusals, strict=True)
    ]
    wanted = [one for one in outcomes if isinstance(one, Membership)]
    new = store.add_memberships(tx, [*dict.fromkeys(wanted)])
    store.end_invitations_of(tx, {one.person_id for one in new}, clock.real())
    _tell(tx, "identity.join", [*new])
    return [
        AlreadyMember(one.role) if isinstance(one, Membership) and one not in new else one
        for one in outcomes
    ]


def leave(tx: Tx, wishes: Sequence[Membership]) -> list[Membership | Problem]:
    """Take roles away, or lay one's own down. Somebody who can let people in always stays."""
    known = roles.on(rulebook.of(tx), tx.now.date())
    places = {wish.organisation_id for wish in wishes}
    store.hold_organisations(tx, places)
    found = store.organisations_by_ids(tx, places, access.visible_to(tx.actor))
    left = {*store.members_of(tx, places, access.members_visible_to(tx.actor))}
    everybody = {*store.members_of(tx, places)}
    outcomes: list[Membership | Problem] = []
    for wish in wishes:
        own = wish.person_id == tx.actor.in_person
        refusal = _shut(tx, wish.organisation_id, found)
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


def _refusals(tx: Tx, places: Sequence[Place]) -> list[Problem | None]:
    """Why this actor may not let anybody in there, in that role."""
    known = roles.on(rulebook.of(tx), tx.now.date())
    ids = {place for place, _ in places}
    found = store.organisations_by_ids(tx, ids, access.visible_to(tx.actor))
    refusals: list[Problem | None] = []
    for place, role in places:
        if refusal := _shut(tx, place, found):
            refusals.append(refusal)
        elif role not in known:
            refusals.append(NoSuchRole(role))
        else:
            lacking = access.lacking(tx.actor, known[role], found[place].reach)
            refusals.append(NotYours(sorted(lacking)) if lacking else None)
    return refusals


def _shut(
    tx: Tx, place: OrganisationId, found: Mapping[OrganisationId, Organisation]
) -> Problem | None:
    if place not in found:
        return OrganisationNotFound("organisation", place)
    may = Permission.MEMBER_EDIT
    return None if tx.actor.may(may, found[place].reach) else access.refusal(may)


def _seen(tx: Tx, ids: Collection[PersonId]) -> set[PersonId]:
    """Those of the people who are there and whom this actor sees as members of something.

    An id is never a secret: to let its bearer in by it would show a stranger's name and address.
    """
    there = {id for id, one in store.people_by_ids(tx, ids).items() if one.erased_at is None}
    if tx.actor.may(Permission.MEMBER_EDIT):
        return there
    visible = access.members_visible_to(tx.actor)
    return there & {one.person_id for one in store.memberships_of(tx, ids, visible)}


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
