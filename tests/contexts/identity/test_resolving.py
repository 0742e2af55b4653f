"""Whoever holds a secret is resolved by one query, to what is true at this moment."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from entrepot.contexts import identity
from entrepot.contexts.identity import Kind, Membership, NewGrant, NewToken
from entrepot.kernel.access import Grant
from entrepot.kernel.problems import Unauthenticated, only
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
from tests.statements import statements


def test_roles_become_grants_within_each_organisation(tx: Tx) -> None:
    place, ann = member(tx, "merchant-owner")
    other = organisation(tx)
    join(tx, ann, other, "merchant-staff")

    actor = identity.resolve(tx.sql, signed_in(tx, ann), ROLES)

    assert actor.person == ann.id
    assert actor.name == f"person:{ann.id}"
    assert actor.grants == {
        Grant("member:edit", place.id),
        Grant("order:read", place.id),
        Grant("product:edit", place.id),
        Grant("order:read", other.id),
    }


def test_one_statement_is_enough(tx: Tx) -> None:
    _, ann = member(tx, "merchant-owner")
    secret = signed_in(tx, ann)
    with statements(tx.sql) as seen:
        identity.resolve(tx.sql, secret, ROLES)
    assert len(seen) == 1


def test_every_table_is_reached_by_an_index(tx: Tx) -> None:
    from entrepot.contexts.identity.store.secrets import RESOLVE

    tx.sql.execute(text("set local enable_seqscan = off"))
    given = {"secret": b"x" * 32, "at": tx.now, "idle_since": tx.now}
    plan = "\n".join(tx.sql.scalars(text(f"explain {RESOLVE.text}"), given))
    assert "Seq Scan" not in plan


def test_an_operators_roles_hold_everywhere(tx: Tx) -> None:
    _, ann = member(tx, "operator-finance", Kind.OPERATOR)
    actor = identity.resolve(tx.sql, signed_in(tx, ann), ROLES)
    assert actor.grants == {Grant("ledger:read")}


def test_who_belongs_nowhere_is_somebody_without_grants(tx: Tx) -> None:
    ann = person(tx)
    actor = identity.resolve(tx.sql, signed_in(tx, ann), ROLES)
    assert (actor.person, actor.grants) == (ann.id, frozenset())


@pytest.mark.parametrize("secret", ["", "nonsense", "ent_nonsense"])
def test_an_unknown_secret_is_nobody(tx: Tx, secret: str) -> None:
    with pytest.raises(Unauthenticated):
        identity.resolve(tx.sql, secret, ROLES)


@pytest.mark.parametrize(
    "change",
    [
        "ends_at = clock_timestamp() - interval '1 second'",
        "seen_at = clock_timestamp() - interval '12 hours 1 second'",
        "revoked_at = clock_timestamp()",
    ],
)
def test_a_session_that_ended_is_nobody(tx: Tx, change: str) -> None:
    secret = signed_in(tx, person(tx))
    identity.resolve(tx.sql, secret, ROLES)
    tx.sql.execute(text(f"update identity.sessions set {change}"))
    with pytest.raises(Unauthenticated):
        identity.resolve(tx.sql, secret, ROLES)


def test_using_a_session_keeps_it_from_going_idle(tx: Tx) -> None:
    secret = signed_in(tx, person(tx))
    tx.sql.execute(
        text("update identity.sessions set seen_at = clock_timestamp() - interval '11 hours'")
    )
    identity.touch(tx.sql, secret)
    idle = tx.sql.scalar(
        text("select clock_timestamp() - seen_at < interval '1 minute' from identity.sessions")
    )
    assert idle is True


def test_an_idle_session_is_not_brought_back(tx: Tx) -> None:
    secret = signed_in(tx, person(tx))
    tx.sql.execute(
        text("update identity.sessions set seen_at = clock_timestamp() - interval '13 hours'")
    )
    identity.touch(tx.sql, secret)
    with pytest.raises(Unauthenticated):
        identity.resolve(tx.sql, secret, ROLES)


def test_a_token_can_do_less_than_its_issuer_and_only_there(tx: Tx) -> None:
    place, ann = member(tx, "merchant-owner")
    other = organisation(tx)
    join(tx, ann, other, "merchant-owner")
    mine = as_member(tx, ann, place.id, "organisation:read", "token:edit", "order:read")
    wish = NewToken(
        organisation_id=place.id, name="ERP", scopes=("order:read",), lasts=timedelta(days=30)
    )
    issued = only(identity.issue_tokens(mine, [wish]))

    actor = identity.resolve(tx.sql, issued.secret, ROLES)

    assert actor.name == f"token:{issued.token.id}"
    assert actor.grants == {Grant("order:read", place.id)}


def test_a_token_loses_what_its_issuer_loses(tx: Tx) -> None:
    place, ann = member(tx, "merchant-staff")
    bob = person(tx, "bob@example.org")
    join(tx, bob, place, "merchant-owner")
    mine = as_member(tx, ann, place.id, "organisation:read", "token:edit", "order:read")
    wish = NewToken(
        organisation_id=place.id, name="ERP", scopes=("order:read",), lasts=timedelta(days=30)
    )
    issued = only(identity.issue_tokens(mine, [wish]))
    gone = Membership(person_id=ann.id, organisation_id=place.id, role="merchant-staff")
    only(identity.leave(tx, [gone]))

    assert identity.resolve(tx.sql, issued.secret, ROLES).grants == frozenset()


def test_a_grant_reaches_those_whose_role_works_for_clients(tx: Tx) -> None:
    client = organisation(tx)
    agency, ann = member(tx, "provider-staff", Kind.PROVIDER)
    guest = person(tx, "guest@example.org")
    join(tx, guest, agency, "customer-service")
    wish = NewGrant(
        from_id=client.id,
        to_id=agency.id,
        permissions=("order:read",),
        lasts=timedelta(days=7),
    )
    grant = only(identity.give_grants(tx, [wish]))
    session, other = signed_in(tx, ann), signed_in(tx, guest)

    assert Grant("order:read", client.id) in identity.resolve(tx.sql, session, ROLES).grants
    assert identity.resolve(tx.sql, other, ROLES).grants == {Grant("order:read", agency.id)}

    only(identity.revoke_grants(tx, [grant.id]))  # Gone at once, in the same transaction.
    assert identity.resolve(tx.sql, session, ROLES).grants == {Grant("grant:use", agency.id)}


@pytest.mark.parametrize(
    "change",
    [
        "starts_at = clock_timestamp() + interval '1 hour'",
        "starts_at = ends_at - interval '9 days', ends_at = clock_timestamp()",
    ],
)
def test_a_grant_holds_for_its_time(tx: Tx, change: str) -> None:
    client = organisation(tx)
    agency, ann = member(tx, "provider-staff", Kind.PROVIDER)
    wish = NewGrant(
        from_id=client.id,
        to_id=agency.id,
        permissions=("order:read",),
        lasts=timedelta(days=7),
    )
    only(identity.give_grants(tx, [wish]))
    tx.sql.execute(text(f"update identity.grants set {change}"))
    actor = identity.resolve(tx.sql, signed_in(tx, ann), ROLES)
    assert actor.grants == {Grant("grant:use", agency.id)}
