"""What a program, a stranger, a delegate or an old link must not come to."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from entrepot.contexts import identity
from entrepot.contexts.identity import (
    EmailTaken,
    Invitation,
    InvitationEnded,
    IssuedToken,
    Kind,
    Membership,
    Newcomer,
    NewGrant,
    NewPerson,
    NewToken,
    NotYours,
    Organisation,
    OrganisationNotFound,
    Person,
    PersonNotFound,
    TooManyNewcomers,
    passwords,
)
from entrepot.contexts.identity.model import NEWCOMERS_PER_PERSON
from entrepot.kernel.access import Actor, Grant
from entrepot.kernel.problems import BadInput, Forbidden, only
from entrepot.kernel.tx import Tx
from tests.contexts.identity.building import (
    PASSWORD,
    ROLES,
    as_actor,
    as_member,
    join,
    member,
    organisation,
    person,
    signed_in,
)

NEW = "battery staple correct"


def wish(who: Person, place: Organisation, role: str = "merchant-staff") -> Membership:
    return Membership(person_id=who.id, organisation_id=place.id, role=role)


def lent(from_: Organisation, to: Organisation, *permissions: str) -> NewGrant:
    return NewGrant(
        from_id=from_.id, to_id=to.id, permissions=permissions, lasts=timedelta(days=30)
    )


def as_owner(tx: Tx, who: Person, place: Organisation) -> Tx:
    """With all that an owner and an ordinary member may do there."""
    roles = identity.roles_on(tx.rules, tx.now.date())  # type: ignore[arg-type]
    return as_member(tx, who, place.id, *roles["merchant-owner"], *roles["merchant-staff"])


def program(tx: Tx, who: Person, place: Organisation, *scopes: str) -> Tx:
    """A program that holds a token of this person."""
    wished = NewToken(organisation_id=place.id, name="ERP", scopes=scopes, lasts=timedelta(days=30))
    mine = as_member(tx, who, place.id, "organisation:read", "token:edit", *scopes)
    issued = only(identity.issue_tokens(mine, [wished]))
    assert isinstance(issued, IssuedToken)
    return as_actor(tx, identity.resolve(tx.sql, issued.secret, ROLES))


def test_a_program_does_nothing_that_is_a_persons_own(tx: Tx) -> None:
    place, ann = member(tx, "merchant-owner")
    join(tx, ann, place, "merchant-staff")
    session = signed_in(tx, ann)
    its = program(tx, ann, place, "order:read")

    assert (its.actor.person, its.actor.in_person) == (ann.id, None)
    assert its.actor.answerable == f"person:{ann.id}"
    refused: dict[type[Exception], Callable[[], object]] = {
        PersonNotFound: lambda: identity.sign_out_everywhere(its, ann.id),
        Forbidden: lambda: identity.change_password(its, PASSWORD, NEW, session),
    }
    for problem, do in refused.items():
        with pytest.raises(problem):
            do()
    assert isinstance(identity.erase(its, [ann.id])[0], PersonNotFound)
    assert not isinstance(identity.leave(its, [wish(ann, place)])[0], Membership)
    assert identity.people(tx, [ann.id])[ann.id].erased_at is None
    assert identity.resolve(tx.sql, session, ROLES).person == ann.id


def test_an_id_brings_nobody_in(tx: Tx) -> None:
    """Else members would be listed whose names and addresses are nobody's business there."""
    place, owner = member(tx, "merchant-owner")
    _, stranger = member(tx, "merchant-owner")
    shopper, mine = person(tx, "sue@example.org", None), as_owner(tx, owner, place)

    outcomes = identity.join(mine, [wish(stranger, place), wish(shopper, place)])

    assert [type(one) for one in outcomes] == [PersonNotFound, PersonNotFound]
    assert [one.person_id for one in identity.members(tx, [place.id])] == [owner.id]
    other = organisation(tx)
    join(tx, owner, other, "merchant-owner")
    join(tx, stranger, other, "merchant-staff")
    both = as_actor(mine, Actor("person:1", {*mine.actor.grants, Grant("member:read", other.id)}))
    assert identity.join(both, [wish(stranger, place)]) == [wish(stranger, place)]


def test_who_lets_nobody_in_learns_of_no_address(tx: Tx) -> None:
    place, ann = member(tx, "merchant-staff")
    foreign = organisation(tx)
    known = NewPerson(name="Ann", email=str(ann.email))
    new = NewPerson(name="New", email="new@example.org")
    mine = as_member(tx, ann, place.id, "organisation:read")

    for person_ in (known, new):
        here, there = identity.let_in(
            mine,
            [
                Newcomer(person=person_, organisation_id=one.id, role="merchant-staff")
                for one in (place, foreign)
            ],
        )
        assert isinstance(here, Forbidden) and isinstance(there, OrganisationNotFound)
    assert identity.person_of(tx, "new@example.org") is None


def test_newcomers_have_an_outcome_each(tx: Tx) -> None:
    place, owner = member(tx, "merchant-owner")
    emails = ("bo@example.org", str(owner.email), "cy@example.org")
    roles = ("merchant-staff", "merchant-staff", "operator-admin")
    wishes = [
        Newcomer(person=NewPerson(name="N", email=email), organisation_id=place.id, role=role)
        for email, role in zip(emails, roles, strict=True)
    ]

    joined, taken, more = identity.let_in(as_owner(tx, owner, place), wishes)

    assert isinstance(taken, EmailTaken) and isinstance(more, NotYours)
    assert isinstance(joined, Membership) and joined.role == "merchant-staff"
    assert identity.person_of(tx, "bo@example.org") == joined.person_id
    assert identity.person_of(tx, "cy@example.org") is None


def test_newcomers_are_counted_by_who_answers_for_them(tx: Tx) -> None:
    place, ann = member(tx, "merchant-owner")
    mine = as_owner(tx, ann, place)
    token = as_actor(mine, replace(mine.actor, name="token:1", by_token=True))
    counted = [
        identity.count_newcomer((mine, token)[n % 2]) for n in range(NEWCOMERS_PER_PERSON + 1)
    ]

    assert counted[:-1] == [None] * NEWCOMERS_PER_PERSON
    assert isinstance(counted[-1], TooManyNewcomers)
    assert identity.count_newcomer(tx) is None


def test_a_link_is_dead_for_who_comes_to_more(tx: Tx) -> None:
    """Who kept the link of a newcomer would else be whatever the newcomer becomes."""
    place, owner = member(tx, "merchant-owner")
    newcomer = person(tx, "new@example.org", None)
    join(tx, newcomer, place, "merchant-staff")
    kept = only(identity.invite(as_owner(tx, owner, place), [newcomer.id]))
    assert isinstance(kept, Invitation)

    join(tx, newcomer, organisation(tx, Kind.OPERATOR), "operator-admin")

    with pytest.raises(InvitationEnded):
        identity.accept(as_actor(tx, identity.GUEST), kept.secret, NEW)


def test_a_link_reaches_nobody_who_does_more_for_clients(tx: Tx) -> None:
    client, _ = member(tx, "merchant-owner")
    agency, staff = member(tx, "provider-staff", Kind.PROVIDER)
    roles = identity.roles_on(tx.rules, tx.now.date())  # type: ignore[arg-type]
    held = {Grant(each) for each in ("person:invite", *roles["provider-staff"])}
    desk = as_actor(tx, Actor("person:7", held))
    assert isinstance(identity.invite(desk, [staff.id])[0], Invitation)

    only(identity.give_grants(tx, [lent(client, agency, "payout-account:edit")]))

    [refused] = identity.invite(desk, [staff.id])
    assert isinstance(refused, NotYours) and refused.members == {"missing": ["payout-account:edit"]}


def test_a_role_in_an_operator_takes_what_holds_everywhere(tx: Tx) -> None:
    """Whoever is let into an operator's organisation alone makes nobody an operator."""
    place, boss = member(tx, "operator-admin", Kind.OPERATOR)
    _, ann = member(tx, "merchant-owner")
    roles = identity.roles_on(tx.rules, tx.now.date())  # type: ignore[arg-type]
    mine = as_member(tx, ann, place.id, *roles["operator-admin"])
    new = NewPerson(name="New", email="new@example.org")

    [refused] = identity.let_in(
        mine, [Newcomer(person=new, organisation_id=place.id, role="operator-admin")]
    )
    [gone] = identity.leave(mine, [wish(boss, place, "operator-admin")])

    assert isinstance(refused, Forbidden) and isinstance(gone, Forbidden)


@pytest.mark.parametrize("handed", ["grant:edit", "grant:use", "member:edit", "token:edit"])
def test_what_would_outlast_a_grant_is_not_granted(tx: Tx, handed: str) -> None:
    client, agency = organisation(tx), organisation(tx, Kind.PROVIDER)
    [refused] = identity.give_grants(tx, [lent(client, agency, "order:read", handed)])
    assert isinstance(refused, BadInput) and refused.members == {"field": "permissions"}
    assert identity.grants(tx) == []


class Idle(PasswordHasher):
    def hash(self, *args: object, **words: object) -> str:
        raise AssertionError("it hashes for strangers")


def test_a_link_that_opens_nothing_costs_nothing(tx: Tx, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", Idle())
    with pytest.raises(InvitationEnded):
        identity.accept(as_actor(tx, identity.GUEST), "nonsense", NEW)
