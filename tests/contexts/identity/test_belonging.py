"""Organisations, people, memberships, tokens, grants and the trail that they leave."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from entrepot import rulebook
from entrepot.contexts import identity
from entrepot.contexts.identity import (
    AlreadyMember,
    EmailTaken,
    Kind,
    LastOwner,
    Mark,
    Membership,
    NewGrant,
    NewOrganisation,
    NewPerson,
    NewToken,
    NoSuchRole,
    NotYours,
    Organisation,
    OrganisationNotFound,
    Person,
    PersonNotFound,
)
from entrepot.kernel.problems import BadInput, Forbidden, Unauthenticated, only
from entrepot.kernel.tx import Tx
from tests.contexts.identity.building import (
    ROLES,
    as_member,
    join,
    member,
    organisation,
    person,
    signed_in,
)


def counts(tx: Tx, table: str) -> int:
    n: int = tx.sql.execute(text(f"select count(*) from identity.{table}")).scalar_one()
    return n


def test_each_organisation_has_its_own_outcome(tx: Tx) -> None:
    wishes = [
        NewOrganisation(kind=Kind.MERCHANT, name=" Lantern Works ", country="CN"),
        NewOrganisation(kind=Kind.CREATOR, name="Lena", country="germany"),
        NewOrganisation(kind=Kind.PROVIDER, name=" ", country="DE"),
    ]
    good, country, name = identity.found(tx, wishes)
    assert isinstance(good, Organisation) and good.name == "Lantern Works"
    assert isinstance(country, BadInput) and country.members == {"field": "country"}
    assert isinstance(name, BadInput) and name.members == {"field": "name"}
    assert counts(tx, "organisations") == 1


def test_an_address_belongs_to_one_person(tx: Tx) -> None:
    wishes = [
        NewPerson(name="Ann", email="ann@example.org"),
        NewPerson(name="Other", email="ANN@example.org"),
        NewPerson(name="Bob", email="no address"),
        NewPerson(name="Eve", email="eve@example.org", password="short"),
        NewPerson(name="Joe", email="joe@example.org"),
    ]
    ann, other, bob, eve, joe = identity.enrol(tx, wishes)
    assert isinstance(ann, Person) and ann.email == "ann@example.org"
    assert isinstance(other, EmailTaken)
    assert isinstance(bob, BadInput) and isinstance(eve, BadInput)
    assert isinstance(joe, Person) and joe.email == "joe@example.org"
    assert counts(tx, "people") == 2


def test_erasing_leaves_a_nameless_id(tx: Tx) -> None:
    place, ann = member(tx, "merchant-owner")
    secret = signed_in(tx, ann)
    erased = only(identity.erase(tx, [ann.id]))
    assert erased.erased_at == tx.now
    assert (erased.name, erased.email, erased.phone, erased.address) == (None,) * 4
    assert counts(tx, "memberships") == 0
    with pytest.raises(Unauthenticated):
        identity.resolve(tx.sql, secret, ROLES)
    again = only(identity.erase(tx, [ann.id]))
    assert again == erased
    person(tx, f"p{place.id}@example.org")  # The address is free again.


def test_one_erases_oneself_and_nobody_else(tx: Tx) -> None:
    ann, bob = person(tx), person(tx, "bob@example.org")
    mine = as_member(tx, ann, organisation(tx).id)
    refused, gone = identity.erase(mine, [bob.id, ann.id])
    assert isinstance(refused, PersonNotFound)
    assert isinstance(gone, Person) and gone.name is None
    assert identity.people(tx, [bob.id])[bob.id].name == "Ann"


def test_joining_takes_a_known_role_that_one_holds(tx: Tx) -> None:
    place, ann = member(tx, "merchant-owner")
    other, _ = member(tx, "merchant-owner")
    bob = person(tx, "bob@example.org")
    join(tx, bob, place, "merchant-staff")
    finance = identity.roles_on(rulebook.of(tx), tx.now.date())["merchant-finance"]
    held = (*finance, "organisation:read", "member:edit", "member:read")
    mine = as_member(tx, ann, place.id, *held)

    def wish(organisation: Organisation, role: str) -> Membership:
        return Membership(person_id=bob.id, organisation_id=organisation.id, role=role)

    joined, twice, unknown, more, foreign = identity.join(
        mine,
        [
            wish(place, "merchant-finance"),
            wish(place, "merchant-finance"),
            wish(place, "emperor"),
            wish(place, "operator-admin"),
            wish(other, "merchant-finance"),
        ],
    )
    assert joined == twice == wish(place, "merchant-finance")  # Two wishes, one membership.
    assert isinstance(unknown, NoSuchRole)
    assert isinstance(more, NotYours)
    assert isinstance(foreign, OrganisationNotFound)
    assert [one.role for one in identity.memberships(tx, [bob.id])] == [
        "merchant-finance",
        "merchant-staff",
    ]
    assert isinstance(identity.join(mine, [wish(place, "merchant-finance")])[0], AlreadyMember)


def test_without_the_permission_nobody_joins(tx: Tx) -> None:
    place, ann = member(tx, "merchant-staff")
    mine = as_member(tx, ann, place.id, "organisation:read")
    wish = Membership(person_id=ann.id, organisation_id=place.id, role="merchant-finance")
    [refused] = identity.join(mine, [wish])
    assert isinstance(refused, Forbidden)
    assert counts(tx, "memberships") == 1


def test_the_last_one_who_lets_people_in_stays(tx: Tx) -> None:
    place, ann = member(tx, "merchant-owner")
    bob = person(tx, "bob@example.org")
    join(tx, bob, place, "merchant-owner")
    both = [
        Membership(person_id=who.id, organisation_id=place.id, role="merchant-owner")
        for who in (ann, bob)
    ]
    gone, stays = identity.leave(tx, both)
    assert gone == both[0]
    assert isinstance(stays, LastOwner)
    assert identity.members(tx, [place.id]) == [both[1]]


def test_one_lays_down_ones_own_role(tx: Tx) -> None:
    place, _ = member(tx, "merchant-owner")
    bob = person(tx, "bob@example.org")
    join(tx, bob, place, "merchant-staff")
    mine = as_member(tx, bob, place.id, "organisation:read")
    wish = Membership(person_id=bob.id, organisation_id=place.id, role="merchant-staff")
    assert identity.leave(mine, [wish]) == [wish]


def token(place: Organisation, *scopes: str, days: int = 30) -> NewToken:
    return NewToken(organisation_id=place.id, name="ERP", scopes=scopes, lasts=timedelta(days=days))


def test_tokens_are_cut_from_what_the_issuer_holds(tx: Tx) -> None:
    place, ann = member(tx, "merchant-owner")
    other = organisation(tx)
    mine = as_member(
        tx, ann, place.id, "organisation:read", "token:edit", "token:read", "order:read"
    )
    wishes = [
        token(place, "order:read"),
        token(place, "order:read", "payout:read"),
        token(place),
        token(place, "order:read", days=400),
        token(other, "order:read"),
    ]
    issued, more, none, long, foreign = identity.issue_tokens(mine, wishes)
    assert isinstance(issued, identity.IssuedToken)
    assert issued.secret.startswith(issued.token.prefix) and len(issued.token.prefix) == 12
    assert isinstance(more, NotYours) and more.members == {"missing": ["payout:read"]}
    assert isinstance(none, BadInput) and isinstance(long, BadInput)
    assert isinstance(foreign, OrganisationNotFound)
    assert identity.tokens(mine) == [issued.token]
    stored = tx.sql.execute(text("select * from identity.tokens")).one()
    assert issued.secret not in repr([*stored])


def test_a_revoked_token_is_nobody(tx: Tx) -> None:
    place, ann = member(tx, "merchant-owner")
    stranger, eve = member(tx, "merchant-owner")
    held = ("organisation:read", "token:edit", "token:read", "order:read")
    issued = only(
        identity.issue_tokens(as_member(tx, ann, place.id, *held), [token(place, "order:read")])
    )
    theirs = as_member(tx, eve, stranger.id, *held)
    assert isinstance(identity.revoke_tokens(theirs, [issued.token.id])[0], identity.TokenNotFound)
    identity.resolve(tx.sql, issued.secret, ROLES)

    revoked = only(identity.revoke_tokens(tx, [issued.token.id]))

    assert revoked.revoked_at is not None
    with pytest.raises(Unauthenticated):
        identity.resolve(tx.sql, issued.secret, ROLES)


def test_grants_are_cut_from_what_the_giver_holds(tx: Tx) -> None:
    place, ann = member(tx, "merchant-owner")
    agency = organisation(tx, Kind.PROVIDER)
    mine = as_member(tx, ann, place.id, "organisation:read", "grant:edit", "order:read")

    def wish(to: identity.OrganisationId, *permissions: str, days: int = 30) -> NewGrant:
        return NewGrant(
            from_id=place.id, to_id=to, permissions=permissions, lasts=timedelta(days=days)
        )

    given, more, self, nobody, never, foreign = identity.give_grants(
        mine,
        [
            wish(agency.id, "order:read"),
            wish(agency.id, "payout:read"),
            wish(place.id, "order:read"),
            wish(identity.OrganisationId(1), "order:read"),
            wish(agency.id, "order:read", days=0),
            NewGrant(
                from_id=agency.id,
                to_id=place.id,
                permissions=("order:read",),
                lasts=timedelta(days=1),
            ),
        ],
    )
    assert isinstance(given, identity.DelegatedGrant)
    assert isinstance(more, NotYours)
    assert isinstance(self, BadInput) and isinstance(never, BadInput)
    assert isinstance(nobody, OrganisationNotFound) and isinstance(foreign, OrganisationNotFound)
    assert counts(tx, "grants") == 1
    facts = tx.sql.execute(
        text("select name, subject from events.fresh where name like '%grant%'")
    ).all()
    assert [tuple(fact) for fact in facts] == [("identity.grant_given", given.id)]


def test_either_side_ends_a_grant_and_a_third_does_not_see_it(tx: Tx) -> None:
    client, agency, third = (organisation(tx) for _ in range(3))
    ann = person(tx)
    wish = NewGrant(
        from_id=client.id,
        to_id=agency.id,
        permissions=("order:read",),
        lasts=timedelta(days=1),
    )
    grants = [only(identity.give_grants(tx, [wish])) for _ in range(2)]
    held = ("grant:edit", "grant:read")
    for side, grant in zip((client, agency), grants, strict=True):
        mine = as_member(tx, ann, side.id, *held)
        assert only(identity.revoke_grants(mine, [grant.id])).revoked_at is not None
    outside = as_member(tx, ann, third.id, *held)
    assert identity.grants(outside) == []
    [unseen] = identity.revoke_grants(outside, [grants[0].id])
    assert isinstance(unseen, identity.GrantNotFound)


def test_the_trail_is_read_by_whom_it_concerns(tx: Tx) -> None:
    ours, theirs = organisation(tx), organisation(tx)
    identity.audit(
        tx,
        [
            Mark(action="order.read", organisation_id=ours.id, subject=7),
            Mark(action="order.read", organisation_id=theirs.id, outcome=identity.Outcome.REFUSED),
        ],
    )
    mine = as_member(tx, person(tx), ours.id, "audit:read")
    [row] = identity.trail(mine)
    assert (row.mark.subject, row.mark.outcome, row.actor, row.at) == (
        7,
        identity.Outcome.DONE,
        "job:test",
        tx.now,
    )
    assert len(identity.trail(tx)) == 2


@pytest.mark.parametrize(
    "change", ["update identity.audit set actor = ''", "delete from identity.audit"]
)
def test_the_trail_is_never_edited(tx: Tx, change: str) -> None:
    identity.audit(tx, [Mark(action="order.read")])
    with pytest.raises(DBAPIError):
        tx.sql.execute(text(change))
