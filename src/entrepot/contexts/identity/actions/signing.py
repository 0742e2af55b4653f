"""Sign-ins and sessions. All times are real: a moved business clock ends nobody's session."""

from sqlalchemy import Connection

from entrepot.contexts.identity import access, passwords, store
from entrepot.contexts.identity.access import Permission
from entrepot.contexts.identity.model import (
    ATTEMPT_WINDOW,
    IDLE,
    SEEN_EVERY,
    SESSION_LASTS,
    Mark,
    OpenedSession,
    SessionId,
    SignIn,
    attempt_keys,
    digest,
    new_secret,
)
from entrepot.contexts.identity.problems import (
    InvitationEnded,
    PersonNotFound,
    TooManySignIns,
    WrongCredentials,
)
from entrepot.kernel import clock
from entrepot.kernel.access import PersonId
from entrepot.kernel.ids import new_ids
from entrepot.kernel.problems import Unauthenticated
from entrepot.kernel.tx import Tx


def count_attempt(tx: Tx, email: str, address: str) -> TooManySignIns | None:
    """Count a sign-in of an account from an address, before it is looked at.

    Run it in a unit of work of its own and raise what it returns only after that has committed:
    the count must survive the refusal.
    """
    at = clock.real()
    allowed = dict(attempt_keys(email, address))
    counts = store.count_attempts(tx, allowed, at, at + ATTEMPT_WINDOW)
    waits = [ends for key, (tries, ends) in counts.items() if tries > allowed[key]]
    return TooManySignIns(int((max(waits) - at).total_seconds()) + 1) if waits else None


def sign_in(tx: Tx, wish: SignIn) -> OpenedSession:
    """Open a session for an account and its password. Call `count_attempt` before it."""
    person, stored = store.account(tx, wish.email) or (None, None)
    right = passwords.verified(stored, wish.password)
    if person is None or stored is None or not right:
        raise WrongCredentials
    if not store.still(tx, person, stored):  # Changed while we looked at it: that ends sign-ins.
        raise WrongCredentials
    if fresh := passwords.renewed(stored, wish.password):
        store.set_password(tx, person, fresh)
    account, _ = attempt_keys(wish.email, "")[0]
    store.clear_attempts(tx, account)  # The address keeps its count: it may try many accounts.
    return _opened(tx, person)


def accept(tx: Tx, secret: str, password: str) -> OpenedSession:
    """Set a password by a link, which is used up. It ends all earlier sessions and opens one."""
    at, sound = clock.real(), passwords.sound(password)
    person = store.use_invitation(tx, digest(secret), at)
    if person is None:  # Before anything is hashed: strangers shall not keep the processor busy.
        raise InvitationEnded
    store.set_password(tx, person, passwords.hashed(sound))
    store.end_sessions_of(tx, [person], at)
    store.add_audit(tx, [Mark(action="identity.accept_invitation", subject=person)])
    return _opened(tx, person)


def rotate(tx: Tx, secret: str) -> OpenedSession:
    """Give a session another secret; the old one is dead at once. Its end stays where it was."""
    at, fresh = clock.real(), new_secret()
    row = store.rotate_session(tx, digest(secret), digest(fresh), (at, at - IDLE))
    if row is None:
        raise Unauthenticated("this session has ended")
    return OpenedSession(id=row.id, person_id=row.person_id, ends_at=row.ends_at, secret=fresh)


def touch(sql: Connection, secret: str) -> None:
    """Keep a session from going idle; writes at most once a minute."""
    at = clock.real()
    store.touch_session(sql, digest(secret), at, (at - SEEN_EVERY, at - IDLE))


def sign_out(tx: Tx, secret: str) -> None:
    """End the session of this secret. One that has ended already is no reason to complain."""
    person = store.end_session(tx, digest(secret), clock.real())
    if person is not None:
        store.add_audit(tx, [Mark(action="identity.sign_out", subject=person)])


def sign_out_everywhere(tx: Tx, person: PersonId) -> int:
    """End all sessions of a person: one's own, or anybody's with the permission."""
    if person != tx.actor.in_person and not tx.actor.may(Permission.SESSION_REVOKE):
        raise PersonNotFound("person", person)
    ended = store.end_sessions_of(tx, [person], clock.real())
    store.add_audit(tx, [Mark(action="identity.sign_out_everywhere", subject=person)])
    return ended


def change_password(tx: Tx, old: str, new: str, session: str = "") -> None:
    """Change one's own password. It ends all one's sessions but the given one."""
    person = tx.actor.in_person
    if person is None:
        raise access.refusal(Permission.SESSION_REVOKE)
    if not passwords.verified(store.password_of(tx, person), old):
        raise WrongCredentials
    store.set_password(tx, person, passwords.hashed(new))
    store.end_sessions_of(tx, [person], clock.real(), but=digest(session))
    store.add_audit(tx, [Mark(action="identity.change_password", subject=person)])


def _opened(tx: Tx, person: PersonId) -> OpenedSession:
    at, secret = clock.real(), new_secret()
    [id] = new_ids(tx.sql, SessionId, 1)
    opened = OpenedSession(id=id, person_id=person, ends_at=at + SESSION_LASTS, secret=secret)
    store.add_session(tx, opened, digest(secret), at)
    store.add_audit(tx, [Mark(action="identity.sign_in", subject=person)])
    return opened
