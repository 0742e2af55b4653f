"""Organisations, people and actors for the tests of identity."""

from dataclasses import replace

from entrepot.contexts import identity
from entrepot.contexts.identity import (
    Kind,
    Membership,
    NewOrganisation,
    NewPerson,
    Organisation,
    Person,
    Roles,
    SignIn,
)
from entrepot.kernel.access import Actor, Grant, OrganisationId
from entrepot.kernel.problems import only
from entrepot.kernel.tx import Tx

PASSWORD = "correct horse battery"
ROLES: Roles = {
    "merchant-owner": frozenset({"member:edit", "order:read", "product:edit"}),
    "merchant-staff": frozenset({"order:read"}),
    "provider-staff": frozenset({"grant:use"}),
    "customer-service": frozenset({"order:read"}),
    "operator-finance": frozenset({"ledger:read"}),
}


def organisation(tx: Tx, kind: Kind = Kind.MERCHANT, name: str = "Lantern Works") -> Organisation:
    return only(identity.found(tx, [NewOrganisation(kind=kind, name=name, country="CN")]))


def person(tx: Tx, email: str = "ann@example.org", password: str | None = PASSWORD) -> Person:
    return only(identity.enrol(tx, [NewPerson(name="Ann", email=email, password=password)]))


def member(tx: Tx, role: str, kind: Kind = Kind.MERCHANT) -> tuple[Organisation, Person]:
    """A person with an address of their own in an organisation of their own."""
    place = organisation(tx, kind)
    who = person(tx, f"p{place.id}@example.org")
    join(tx, who, place, role)
    return place, who


def join(tx: Tx, who: Person, place: Organisation, role: str) -> None:
    wish = Membership(person_id=who.id, organisation_id=place.id, role=role)
    only(identity.join(tx, [wish]))


def signed_in(tx: Tx, who: Person) -> str:
    assert who.email is not None
    return identity.sign_in(tx, SignIn(email=who.email, password=PASSWORD)).secret


def as_actor(tx: Tx, actor: Actor) -> Tx:
    return replace(tx, actor=actor)


def as_member(tx: Tx, who: Person, place: OrganisationId, *permissions: str) -> Tx:
    """The same unit of work, asked for by a person with these permissions there."""
    held = frozenset(Grant(permission, place) for permission in permissions)
    return as_actor(tx, Actor(f"person:{who.id}", held, who.id))
