"""Who asks, and what that allows."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, false, true

from .ids import Id, IdT, among


class OrganisationId(Id):
    """The tenant: every row that belongs to somebody names the organisation that it belongs to."""

    __slots__ = ()


class PersonId(Id):
    """A human being with a sign-in."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """A permission (`noun:verb`) within one organisation or, with none, on the whole platform."""

    permission: str
    within: OrganisationId | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, an app, a job or a guest's quote, with what it may do at this moment."""

    name: str  # person:<id>, token:<id>, job:<name>, guest
    grants: Collection[Grant] = frozenset()
    person: PersonId | None = None
    signed: frozenset[Id] = frozenset()  # What a signed link in this request opens.
    almighty: bool = False  # Jobs and sweeps: the platform itself.
    by_token: bool = False  # A program that somebody gave a part of what they may do.

    @property
    def in_person(self) -> PersonId | None:
        """The person, if it is they who ask: what is theirs alone is no business of a program."""
        return None if self.by_token else self.person

    @property
    def answerable(self) -> str:
        """Who answers for it: a person and their programs are one, and never a second person."""
        return self.name if self.person is None else f"person:{self.person}"

    def may(self, permission: StrEnum, within: OrganisationId | None = None) -> bool:
        """Whether this actor holds the permission there; without a place, on the whole platform."""
        return (
            self.almighty
            or Grant(permission) in self.grants
            or (within is not None and Grant(permission, within) in self.grants)
        )

    def places(self, permission: StrEnum) -> list[OrganisationId]:
        """The organisations in which this permission is held one by one."""
        held = {grant.within for grant in self.grants if grant.permission == permission}
        return sorted(within for within in held if within is not None)

    def reach(self, permission: StrEnum, column: ColumnElement[IdT]) -> ColumnElement[bool]:
        """The rows that this permission opens, as a condition for lists and views."""
        if self.may(permission):
            return true()
        places = self.places(permission)
        return among(column, places) if places else false()


def platform(job: str) -> Actor:
    """The platform acting by itself: a sweep, a subscriber, a job."""
    return Actor(f"job:{job}", almighty=True)


# Resolved as the first statement of each unit of work: what was revoked is gone at once.
Who = Callable[[Connection], Actor]
