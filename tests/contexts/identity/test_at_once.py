"""Two units of work about one person at the same moment: one of them comes after the other."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import pytest
from sqlalchemy import text

from entrepot.contexts import identity
from entrepot.contexts.identity import (
    Invitation,
    InvitationEnded,
    Kind,
    NotYours,
    Person,
    SignIn,
    WrongCredentials,
)
from entrepot.kernel.access import Actor, Grant, platform
from entrepot.kernel.problems import Problem, Unauthenticated, only
from entrepot.kernel.tx import Tx
from tests.conftest import Installation
from tests.contexts.identity.building import (
    PASSWORD,
    ROLES,
    as_actor,
    as_member,
    join,
    organisation,
    person,
)

T = TypeVar("T")
NEW = "battery staple correct"
WAITING = text("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")


def run(installation: Installation, do: Callable[[Tx], T]) -> T:
    return installation.work.run(lambda _: platform("test"), "test", do)


@contextmanager
def during(
    installation: Installation, first: Callable[[Tx], object]
) -> Iterator[ThreadPoolExecutor]:
    """While the first work is done but not committed."""
    with ThreadPoolExecutor(1) as second:

        def held(tx: Tx) -> None:
            first(tx)
            yielded.set_result(None)
            proceed.result()

        with ThreadPoolExecutor(1) as one:
            yielded: Future[None] = Future()
            proceed: Future[None] = Future()
            running = one.submit(run, installation, held)
            yielded.result()
            try:
                yield second
            finally:
                proceed.set_result(None)
                running.result()


def stands(installation: Installation, running: Future[T]) -> None:
    """Until it waits for the first one, or has ended without."""
    with installation.engine.connect() as sql:
        while not running.done() and not sql.scalar(WAITING):
            sql.rollback()


def ann(installation: Installation) -> Person:
    return run(installation, person)


def test_a_sign_in_with_the_old_password_does_not_outlive_the_change(
    installation: Installation,
) -> None:
    who = ann(installation)

    def change(tx: Tx) -> None:
        identity.change_password(as_member(tx, who, organisation(tx).id), PASSWORD, NEW)

    old = SignIn(email="ann@example.org", password=PASSWORD)
    with during(installation, change) as meanwhile:
        signing = meanwhile.submit(run, installation, lambda tx: identity.sign_in(tx, old))
        stands(installation, signing)
    with pytest.raises(WrongCredentials):
        signing.result()


def test_who_sets_a_password_while_being_forgotten_is_forgotten(
    installation: Installation,
) -> None:
    who = ann(installation)
    link = run(installation, lambda tx: only(identity.invite(tx, [who.id])))
    opened = []

    def accept(tx: Tx) -> None:
        opened.append(identity.accept(tx, link.secret, NEW))

    with during(installation, accept) as meanwhile:
        erasing = meanwhile.submit(run, installation, lambda tx: identity.erase(tx, [who.id]))
        stands(installation, erasing)
    assert [one.name for one in erasing.result() if isinstance(one, Person)] == [None]
    with pytest.raises(Unauthenticated):
        run(installation, lambda tx: identity.resolve(tx.sql, opened[0].secret, ROLES))


def test_of_two_links_at_once_one_opens(installation: Installation) -> None:
    who = ann(installation)
    made: list[Invitation | Problem] = []

    def invite(tx: Tx) -> None:
        made.extend(identity.invite(tx, [who.id]))

    with during(installation, invite) as meanwhile:
        again = meanwhile.submit(run, installation, invite)
        stands(installation, again)
    again.result()
    first, last = (one.secret for one in made if isinstance(one, Invitation))
    with pytest.raises(InvitationEnded):
        run(installation, lambda tx: identity.accept(tx, first, NEW))
    assert run(installation, lambda tx: identity.accept(tx, last, NEW)).person_id == who.id


def test_a_link_is_used_by_one_of_two(installation: Installation) -> None:
    who = ann(installation)
    link = run(installation, lambda tx: only(identity.invite(tx, [who.id])))
    with during(installation, lambda tx: identity.accept(tx, link.secret, NEW)) as meanwhile:
        other = "another good sentence"
        again = meanwhile.submit(
            run, installation, lambda tx: identity.accept(tx, link.secret, other)
        )
        stands(installation, again)
    with pytest.raises(InvitationEnded):
        again.result()


def test_a_link_made_during_a_rise_is_judged_after_it(installation: Installation) -> None:
    """Else it would open what its maker could not have given."""
    who = ann(installation)
    place = run(installation, lambda tx: organisation(tx, Kind.OPERATOR))

    def desk(tx: Tx) -> list[Invitation | Problem]:
        held = frozenset({Grant("person:invite")})
        return identity.invite(as_actor(tx, Actor("person:7", held)), [who.id])

    with during(installation, lambda tx: join(tx, who, place, "operator-admin")) as meanwhile:
        inviting = meanwhile.submit(run, installation, desk)
        stands(installation, inviting)
    assert [type(one) for one in inviting.result()] == [NotYours]
