"""Sign-ins tell nothing, are counted, and what they give can be taken back."""

import pytest
from sqlalchemy import text

from entrepot.contexts import identity
from entrepot.contexts.identity import (
    NewPerson,
    SignIn,
    TooManySignIns,
    WrongCredentials,
    passwords,
)
from entrepot.contexts.identity.model import (
    ATTEMPTS_PER_ACCOUNT,
    ATTEMPTS_PER_ADDRESS,
    digest,
)
from entrepot.kernel.access import Actor
from entrepot.kernel.problems import BadInput, Forbidden, NotFound, Unauthenticated, only
from entrepot.kernel.tx import Tx
from tests.conftest import SHIPPED_HASHER, Installation
from tests.contexts.identity.building import (
    PASSWORD,
    ROLES,
    as_member,
    organisation,
    person,
    signed_in,
)


def guest(sql: object) -> Actor:
    return identity.GUEST


def test_unknown_account_and_wrong_password_get_one_answer(tx: Tx) -> None:
    person(tx)
    person(tx, "mute@example.org", password=None)
    answers = []
    for email in ("ann@example.org", "nobody@example.org", "mute@example.org"):
        with pytest.raises(WrongCredentials) as refused:
            identity.sign_in(tx, SignIn(email=email, password="wrong"))
        answers.append(refused.value.body())
    assert answers[0] == answers[1] == answers[2]


def test_an_unknown_account_costs_one_verification_as_well(
    tx: Tx, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "HASHER", SHIPPED_HASHER)
    # The decoy has the parameters of the real ones: argon2 does the same work for both.
    shape = passwords.DECOY.split("$")[1:4]
    assert (
        shape
        == passwords.hashed(PASSWORD).split("$")[1:4]
        == ["argon2id", "v=19", "m=19456,t=2,p=1"]
    )
    assert not passwords.verified(None, "nobody has this password"), "the one it was made of"


def test_a_weaker_hash_is_renewed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = passwords.hashed(PASSWORD)
    monkeypatch.setattr(passwords, "HASHER", SHIPPED_HASHER)
    fresh = passwords.renewed(stored, PASSWORD)

    assert fresh is not None and fresh.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.verified(fresh, PASSWORD)
    assert passwords.renewed(fresh, PASSWORD) is None


def test_a_session_secret_is_not_in_the_database(tx: Tx) -> None:
    secret = signed_in(tx, person(tx))
    row = tx.sql.execute(text("select * from identity.sessions")).one()
    assert bytes(row.secret) == digest(secret)
    assert secret not in repr([*row])


def test_a_rotated_session_has_one_secret_and_its_old_end(tx: Tx) -> None:
    who = person(tx)
    opened = identity.sign_in(tx, SignIn(email="ANN@example.org ", password=PASSWORD))

    rotated = identity.rotate(tx, opened.secret)

    assert (rotated.id, rotated.ends_at) == (opened.id, opened.ends_at)
    assert identity.resolve(tx.sql, rotated.secret, ROLES).person == who.id
    with pytest.raises(Unauthenticated):
        identity.resolve(tx.sql, opened.secret, ROLES)
    with pytest.raises(Unauthenticated):
        identity.rotate(tx, opened.secret)


def test_signing_out_ends_one_session_and_everywhere_ends_all(tx: Tx) -> None:
    ann = person(tx)
    one, two, three = (signed_in(tx, ann) for _ in range(3))
    identity.sign_out(tx, one)
    identity.sign_out(tx, one)  # Twice is no reason to complain.
    with pytest.raises(Unauthenticated):
        identity.resolve(tx.sql, one, ROLES)
    assert identity.resolve(tx.sql, two, ROLES).person == ann.id

    assert identity.sign_out_everywhere(as_member(tx, ann, organisation(tx).id), ann.id) == 2
    for secret in (two, three):
        with pytest.raises(Unauthenticated):
            identity.resolve(tx.sql, secret, ROLES)


def test_nobody_signs_others_out(tx: Tx) -> None:
    ann, eve = person(tx), person(tx, "eve@example.org")
    secret = signed_in(tx, ann)
    with pytest.raises(NotFound):
        identity.sign_out_everywhere(as_member(tx, eve, organisation(tx).id), ann.id)
    assert identity.resolve(tx.sql, secret, ROLES).person == ann.id


def test_a_new_password_ends_the_other_sessions(tx: Tx) -> None:
    ann = person(tx)
    here, there = signed_in(tx, ann), signed_in(tx, ann)
    mine = as_member(tx, ann, organisation(tx).id)
    with pytest.raises(WrongCredentials):
        identity.change_password(mine, "wrong", "another good sentence", here)
    with pytest.raises(BadInput):
        identity.change_password(mine, PASSWORD, "short", here)
    with pytest.raises(Forbidden):
        identity.change_password(tx, PASSWORD, "another good sentence")

    identity.change_password(mine, PASSWORD, "another good sentence", here)

    assert identity.resolve(tx.sql, here, ROLES).person == ann.id
    with pytest.raises(Unauthenticated):
        identity.resolve(tx.sql, there, ROLES)
    with pytest.raises(WrongCredentials):
        identity.sign_in(tx, SignIn(email="ann@example.org", password=PASSWORD))


def test_an_account_is_tried_only_so_often(tx: Tx) -> None:
    for n in range(ATTEMPTS_PER_ACCOUNT):
        assert identity.count_attempt(tx, "ann@example.org", f"192.0.2.{n}") is None
    refused = identity.count_attempt(tx, " ANN@example.org", "192.0.2.99")
    assert isinstance(refused, TooManySignIns)
    assert refused.members["retry_after_s"] == 900
    assert identity.count_attempt(tx, "bob@example.org", "192.0.2.99") is None


def test_an_address_tries_only_so_many_accounts(tx: Tx) -> None:
    for n in range(ATTEMPTS_PER_ADDRESS):
        assert identity.count_attempt(tx, f"p{n}@example.org", "192.0.2.1") is None
    assert identity.count_attempt(tx, "fresh@example.org", "192.0.2.1") is not None


def test_a_window_that_is_over_begins_anew(tx: Tx) -> None:
    for _ in range(ATTEMPTS_PER_ACCOUNT + 1):
        identity.count_attempt(tx, "ann@example.org", "192.0.2.1")
    tx.sql.execute(text("update identity.attempts set window_ends_at = clock_timestamp()"))
    assert identity.count_attempt(tx, "ann@example.org", "192.0.2.1") is None


def test_a_right_password_clears_the_account_but_not_the_address(tx: Tx) -> None:
    person(tx)
    for _ in range(3):
        identity.count_attempt(tx, "ann@example.org", "192.0.2.1")
    identity.sign_in(tx, SignIn(email="ann@example.org", password=PASSWORD))
    assert [*tx.sql.scalars(text("select tries from identity.attempts"))] == [3]


def test_the_count_survives_the_refusal(installation: Installation) -> None:
    work = installation.work
    wish = NewPerson(name="Ann", email="ann@example.org", password=PASSWORD)
    work.run(guest, "enrol", lambda tx: only(identity.enrol(tx, [wish])))

    count = lambda tx: identity.count_attempt(tx, "ann@example.org", "192.0.2.1")
    wrong = SignIn(email="ann@example.org", password="guess")
    guess = lambda tx: identity.sign_in(tx, wrong)
    for _ in range(ATTEMPTS_PER_ACCOUNT):
        assert work.run(guest, "count", count) is None
        with pytest.raises(WrongCredentials):
            work.run(guest, "sign in", guess)

    assert isinstance(work.run(guest, "count", count), TooManySignIns)


def test_what_is_over_is_forgotten(tx: Tx) -> None:
    signed_in(tx, person(tx))
    identity.count_attempt(tx, "ann@example.org", "192.0.2.1")
    assert identity.forget(tx.sql) == 0
    tx.sql.execute(text("update identity.attempts set window_ends_at = clock_timestamp()"))
    tx.sql.execute(
        text("update identity.sessions set ends_at = clock_timestamp() - interval '31 days'")
    )
    assert identity.forget(tx.sql) == 3
