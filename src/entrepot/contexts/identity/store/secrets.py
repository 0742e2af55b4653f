"""Accounts, sessions, tokens and what they resolve to."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    func,
    insert,
    select,
    update,
)

from entrepot.contexts.identity.model import (
    OpenedSession,
    Token,
    TokenId,
)
from entrepot.contexts.identity.tables import people, sessions, tokens
from entrepot.kernel.access import PersonId
from entrepot.kernel.db import sql_file
from entrepot.kernel.ids import among
from entrepot.kernel.tx import Tx

COUNT_ATTEMPTS = sql_file(__file__, "count_attempts")
FORGET = sql_file(__file__, "forget")
FORGET_ATTEMPTS = sql_file(__file__, "forget_attempts")
RESOLVE = sql_file(__file__, "resolve")


def account(tx: Tx, email: str) -> tuple[PersonId, str | None] | None:
    """Whom an address belongs to, and the stored password."""
    query = select(people.c.id, people.c.password).where(
        func.lower(people.c.email) == func.lower(email.strip())
    )
    row = tx.sql.execute(query).one_or_none()
    return None if row is None else (row.id, row.password)


def password_of(tx: Tx, person: PersonId) -> str | None:
    return tx.sql.scalar(select(people.c.password).where(people.c.id == person))


def still(tx: Tx, person: PersonId, password: str) -> bool:
    """Whether this is what is stored of a password, and stays so until the work ends."""
    mine = people.c.id == person, people.c.password == password
    held = select(people.c.id).where(*mine).with_for_update(key_share=True)
    return tx.sql.scalar(held) is not None


def set_password(tx: Tx, person: PersonId, password: str) -> None:
    tx.sql.execute(update(people).where(people.c.id == person).values(password=password))


def count_attempts(
    tx: Tx, keys: Collection[bytes], at: datetime, ends_at: datetime
) -> dict[bytes, tuple[int, datetime]]:
    """Count a try under each key; how many there are now, and until when they count."""
    given = {"keys": [*keys], "at": at, "ends_at": ends_at}
    rows = tx.sql.execute(COUNT_ATTEMPTS, given)
    return {bytes(row.key): (row.tries, row.window_ends_at) for row in rows}


def clear_attempts(tx: Tx, key: bytes) -> None:
    tx.sql.execute(FORGET_ATTEMPTS, {"key": key})


def forget(sql: Connection, at: datetime) -> int:
    """Drop what no sign-in will ask for again; returns how many rows."""
    return sql.execute(FORGET, {"at": at}).scalar_one()  # type: ignore[no-any-return]


def add_session(tx: Tx, opened: OpenedSession, secret: bytes, at: datetime) -> None:
    row = {
        "id": opened.id,
        "person_id": opened.person_id,
        "secret": secret,
        "started_at": at,
        "seen_at": at,
        "ends_at": opened.ends_at,
    }
    tx.sql.execute(insert(sessions).values(**row))


def rotate_session(
    tx: Tx, old: bytes, new: bytes, live: tuple[datetime, datetime]
) -> Row[Any] | None:
    """Exchange the secret of a session that is alive; the old one is dead at once."""
    at, idle_since = live
    mine = sessions.c.secret == old, sessions.c.revoked_at.is_(None)
    alive = sessions.c.ends_at > at, sessions.c.seen_at > idle_since
    statement = update(sessions).where(*mine, *alive).values(secret=new, seen_at=at)
    return tx.sql.execute(statement.returning(sessions)).one_or_none()


def end_session(tx: Tx, secret: bytes, at: datetime) -> PersonId | None:
    """Revoke the session of a secret; whose it was, if it was alive."""
    mine = sessions.c.secret == secret, sessions.c.revoked_at.is_(None)
    ended = update(sessions).where(*mine).values(revoked_at=at).returning(sessions.c.person_id)
    return tx.sql.scalar(ended)


def end_sessions_of(tx: Tx, people: Collection[PersonId], at: datetime, but: bytes = b"") -> int:
    """Revoke all sessions of people but the one with this secret; how many there were."""
    mine = among(sessions.c.person_id, people), sessions.c.secret != but
    live = sessions.c.revoked_at.is_(None)
    return tx.sql.execute(update(sessions).where(*mine, live).values(revoked_at=at)).rowcount


def end_tokens_of(tx: Tx, people: Collection[PersonId], at: datetime) -> None:
    live = among(tokens.c.person_id, people), tokens.c.revoked_at.is_(None)
    tx.sql.execute(update(tokens).where(*live).values(revoked_at=at))


def touch_session(
    sql: Connection, secret: bytes, at: datetime, between: tuple[datetime, datetime]
) -> None:
    """Note that a session was used, if that was last noted before one instant, after another."""
    before, after = between
    mine = sessions.c.secret == secret, sessions.c.revoked_at.is_(None)
    stale = sessions.c.seen_at < before, sessions.c.seen_at > after
    sql.execute(update(sessions).where(*mine, *stale).values(seen_at=at))


def add_tokens(tx: Tx, new: Sequence[tuple[Token, bytes]], at: datetime) -> None:
    rows = [
        {
            "id": token.id,
            "organisation_id": token.organisation_id,
            "person_id": token.person_id,
            "name": token.name,
            "prefix": token.prefix,
            "secret": secret,
            "scopes": [*token.scopes],
            "issued_at": at,
            "ends_at": token.ends_at,
        }
        for token, secret in new
    ]
    if rows:
        tx.sql.execute(insert(tokens), rows)


def tokens_where(
    tx: Tx, *conditions: ColumnElement[bool], limit: int | None = None
) -> dict[TokenId, Token]:
    query = select(tokens).where(*conditions).order_by(tokens.c.id).limit(limit)
    return {row.id: _token(row) for row in tx.sql.execute(query)}


def tokens_by_ids(
    tx: Tx, ids: Collection[TokenId], visible: ColumnElement[bool]
) -> dict[TokenId, Token]:
    return tokens_where(tx, among(tokens.c.id, ids), visible)


def tokens_after(
    tx: Tx, after: TokenId | None, limit: int, visible: ColumnElement[bool]
) -> list[Token]:
    return [*tokens_where(tx, tokens.c.id > (after or 0), visible, limit=limit).values()]


def revoke_tokens(tx: Tx, ids: Collection[TokenId], at: datetime) -> None:
    live = among(tokens.c.id, ids), tokens.c.revoked_at.is_(None)
    tx.sql.execute(update(tokens).where(*live).values(revoked_at=at))


def resolve(
    sql: Connection, secret: bytes, at: datetime, idle_since: datetime
) -> Sequence[Row[Any]]:
    given = {"secret": secret, "at": at, "idle_since": idle_since}
    return sql.execute(RESOLVE, given).all()


def _token(row: Row[Any]) -> Token:
    return Token(
        id=row.id,
        organisation_id=row.organisation_id,
        person_id=row.person_id,
        name=row.name,
        prefix=row.prefix,
        scopes=tuple(row.scopes),
        ends_at=row.ends_at,
        revoked_at=row.revoked_at,
    )
