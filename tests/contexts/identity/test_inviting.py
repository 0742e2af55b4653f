"""Links to set a password: used once, for nobody who can do more than who made them."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from entrepot import rulebook
from entrepot.contexts import identity
from entrepot.contexts.identity import (
    Invitation,
    InvitationEnded,
    Kind,
    NotYours,
    PersonNotFound,
    SignIn,
    WrongCredentials,
)
from entrepot.contexts.identity.model import INVITATION_LASTS, digest
from entrepot.kernel.access import Actor, Grant
from entrepot.kernel.problems import BadInput, Unauthenticated, only
from entrepot.kernel.tx import Tx
from tests.contexts.identity.building import (
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


def invited(tx: Tx, who: identity.Person) -> Invitation:
    return only(identity.invite(tx, [who.id]))


def helpdesk(tx: Tx, *permissions: str) -> Tx:
    held = frozenset(Grant(each) for each in ("person:invite", *permissions))
    return as_actor(tx, Actor("person:7", held))


def test_a_link_sets_the_first_password_once(tx: Tx) -> None:
    ann = person(tx, password=None)
    made = invited(tx, ann)

    opened = identity.accept(as_actor(tx, identity.GUEST), made.secret, NEW)

    assert opened.person_id == ann.id
    assert identity.sign_in(tx, SignIn(email="ann@example.org", password=NEW)).person_id == ann.id
    with pytest.raises(InvitationEnded):
        identity.accept(tx, made.secret, NEW)
    row = tx.sql.execute(text("select * from identity.invitations")).one()
    assert bytes(row.secret) == digest(made.secret) and made.secret not in repr([*row])
    assert row.ends_at - row.made_at == INVITATION_LASTS == timedelta(days=7)


def test_a_lost_password_is_replaced_and_all_sessions_end(tx: Tx) -> None:
    ann = person(tx)
    old = signed_in(tx, ann)

    identity.accept(tx, invited(tx, ann).secret, NEW)

    with pytest.raises(Unauthenticated):
        identity.resolve(tx.sql, old, ROLES)
    with pytest.raises(WrongCredentials):
        signed_in(tx, ann)


def test_a_second_link_ends_the_first(tx: Tx) -> None:
    ann = person(tx)
    first, second = invited(tx, ann), invited(tx, ann)

    with pytest.raises(InvitationEnded):
        identity.accept(tx, first.secret, NEW)
    assert identity.accept(tx, second.secret, NEW).person_id == ann.id


def test_a_bad_password_leaves_the_link_open(tx: Tx) -> None:
    made = invited(tx, person(tx))
    with pytest.raises(BadInput):
        identity.accept(tx, made.secret, "short")
    assert identity.accept(tx, made.secret, NEW).secret


def test_an_old_link_opens_nothing(tx: Tx) -> None:
    made = invited(tx, person(tx))
    sooner = "update identity.invitations set made_at = made_at - interval '8 days',"
    tx.sql.execute(text(f"{sooner} ends_at = ends_at - interval '8 days'"))
    with pytest.raises(InvitationEnded):
        identity.accept(tx, made.secret, NEW)


def test_nobody_becomes_somebody_who_can_do_more(tx: Tx) -> None:
    _, approver = member(tx, "operator-finance-approver", Kind.OPERATOR)
    _, staff = member(tx, "provider-staff", Kind.PROVIDER)
    theirs = helpdesk(tx, "member:edit")

    refused, other = identity.invite(theirs, [approver.id, staff.id])

    assert isinstance(refused, NotYours) and "payout:approve" in refused.members["missing"]  # type: ignore[operator]
    assert isinstance(other, NotYours)
    assert tx.sql.scalar(text("select count(*) from identity.invitations")) == 0


def test_who_lets_people_in_invites_newcomers_alone(tx: Tx) -> None:
    place, owner = member(tx, "merchant-owner")
    shipping = ("member:edit", "order:read", "order:ship")
    own = as_member(tx, owner, place.id, *shipping, *known(tx, "merchant-staff"))
    newcomer, elsewhere = (person(tx, f"{n}@example.org", None) for n in "ab")
    has_one, shopper = person(tx, "c@example.org"), person(tx, "d@example.org", None)
    for who in (newcomer, elsewhere, has_one):
        join(tx, who, place, "merchant-staff")
    join(tx, elsewhere, organisation(tx, name="Other"), "merchant-staff")

    outcomes = identity.invite(own, [newcomer.id, elsewhere.id, has_one.id, shopper.id])
    second = identity.invite(own, [newcomer.id])

    assert isinstance(outcomes[0], Invitation)
    assert [type(one) for one in [*outcomes[1:], *second]] == [PersonNotFound] * 4


def test_the_erased_have_no_links(tx: Tx) -> None:
    ann = person(tx)
    made = invited(tx, ann)
    only(identity.erase(tx, [ann.id]))

    with pytest.raises(InvitationEnded):
        identity.accept(tx, made.secret, NEW)
    assert isinstance(identity.invite(tx, [ann.id])[0], PersonNotFound)


def known(tx: Tx, role: str) -> frozenset[str]:
    return identity.roles_on(rulebook.of(tx), tx.now.date())[role]
