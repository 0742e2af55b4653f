"""Organisations and people come, and people go."""

import re
from collections.abc import Sequence

from entrepot.contexts.identity import passwords, store
from entrepot.contexts.identity.access import Permission
from entrepot.contexts.identity.events import OrganisationFounded, PersonErased
from entrepot.contexts.identity.model import Mark, NewOrganisation, NewPerson, Organisation, Person
from entrepot.contexts.identity.problems import EmailTaken, PersonNotFound
from entrepot.kernel import clock
from entrepot.kernel.access import OrganisationId, PersonId
from entrepot.kernel.events import emit
from entrepot.kernel.ids import new_ids
from entrepot.kernel.problems import BadInput, Problem
from entrepot.kernel.tx import Tx

COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")


def found(tx: Tx, wishes: Sequence[NewOrganisation]) -> list[Organisation | Problem]:
    """Add organisations. For flows: no permission is asked."""
    ids = new_ids(tx.sql, OrganisationId, len(wishes))
    outcomes: list[Organisation | Problem] = []
    for id, wish in zip(ids, wishes, strict=True):
        if not COUNTRY.fullmatch(wish.country):
            outcomes.append(BadInput("country", "give two capital letters, such as CN"))
        elif not wish.name.strip():
            outcomes.append(BadInput("name", "give the name that the organisation goes by"))
        else:
            founded = Organisation(
                id=id,
                kind=wish.kind,
                name=wish.name.strip(),
                country=wish.country,
                founded_at=tx.now,
            )
            outcomes.append(founded)
    new = [one for one in outcomes if isinstance(one, Organisation)]
    store.add_organisations(tx, new)
    emit(
        tx,
        [
            OrganisationFounded(
                at=tx.now, organisation_id=one.id, kind=one.kind, country=one.country
            )
            for one in new
        ],
    )
    return outcomes


def enrol(tx: Tx, wishes: Sequence[NewPerson]) -> list[Person | Problem]:
    """Add people, each with an e-mail address of their own. For flows: no permission is asked."""
    outcomes: list[Person | Problem] = []
    accepted: list[tuple[NewPerson, str | None]] = []
    for wish in wishes:
        try:
            accepted.append((wish, _checked(wish)))
        except BadInput as refusal:
            outcomes.append(refusal)
        else:
            outcomes.append(EmailTaken())  # Stands unless the address turns out to be free.
    added = iter(store.add_people(tx, accepted))
    return [
        next(added) or outcome if isinstance(outcome, EmailTaken) else outcome
        for outcome in outcomes
    ]


def erase(tx: Tx, ids: Sequence[PersonId]) -> list[Person | Problem]:
    """Forget people for good: their data, sign-ins, tokens and memberships. Ids stay, nameless."""
    store.hold_people(tx, ids)  # Who comes in at this moment comes in before, or not at all.
    known = store.people_by_ids(tx, ids)
    mine = tx.actor.in_person
    allowed = {id for id in known if id == mine or tx.actor.may(Permission.PERSON_ERASE)}
    gone = [id for id in dict.fromkeys(ids) if id in allowed and known[id].erased_at is None]
    if gone:
        at = clock.real()
        store.end_sessions_of(tx, gone, at)
        store.end_tokens_of(tx, gone, at)
        store.drop_invitations_of(tx, gone)
        store.erase_people(tx, gone)
        marks = [Mark(action="identity.erase", subject=id) for id in gone]
        store.add_audit(tx, marks)
        emit(tx, [PersonErased(at=tx.now, person_id=id) for id in gone])
    after = store.people_by_ids(tx, sorted(allowed))
    return [after[id] if id in after else PersonNotFound("person", id) for id in ids]


def _checked(wish: NewPerson) -> str | None:
    if not wish.name.strip():
        raise BadInput("name", "give a name")
    if not EMAIL.fullmatch(wish.email.strip()):
        raise BadInput("email", "give an e-mail address such as ann@example.org")
    return None if wish.password is None else passwords.hashed(wish.password)
