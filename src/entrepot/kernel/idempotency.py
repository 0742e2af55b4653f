"""The same call twice is one call."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, text

from .ids import IdT
from .problems import KeyReused
from .tx import Tx

CLAIM = text(
    "insert into kernel.calls (actor, operation, key, digest)"
    " values (:actor, :operation, :key, :digest) on conflict do nothing"
)
KEPT = text(
    "select digest, result from kernel.calls"
    " where actor = :actor and operation = :operation and key = :key"
)
KEEP = text(
    "update kernel.calls set result = :result"
    " where actor = :actor and operation = :operation and key = :key"
)
FORGET = text("delete from kernel.calls where made_at < clock_timestamp() - interval '48 hours'")


@dataclass(frozen=True, slots=True)
class Key:
    """What the client calls this call, and a hash of what it sent. A guest's actor is its quote."""

    operation: str
    key: str
    digest: bytes


def once(tx: Tx, key: Key, kind: type[IdT], do: Callable[[], IdT]) -> IdT:
    """Run `do` once for (actor, operation, key); a twin waits and gets the same id."""
    scope = {"actor": tx.actor.name, "operation": key.operation, "key": key.key}
    if tx.sql.execute(CLAIM, {**scope, "digest": key.digest}).rowcount:
        result = do()  # A refusal rolls the claim back with everything else: it is not kept.
        tx.sql.execute(KEEP, {**scope, "result": int(result)})
        return result
    kept = tx.sql.execute(KEPT, scope).one()
    if kept.digest != key.digest:
        raise KeyReused("this idempotency key came with another body before")
    return kind(kept.result)


def done(tx: Tx, key: Key, kind: type[IdT]) -> IdT | None:
    """What a call with this key did before, if it did anything. For one wish among others."""
    scope = {"actor": tx.actor.name, "operation": key.operation, "key": key.key}
    kept = tx.sql.execute(KEPT, scope).one_or_none()
    if kept is not None and kept.digest != key.digest:
        raise KeyReused("this idempotency key came with another body before")
    return None if kept is None else kind(kept.result)


def keep(tx: Tx, key: Key, result: IdT) -> None:
    """Remember what was done for a key; a wish that is refused leaves it free."""
    scope = {"actor": tx.actor.name, "operation": key.operation, "key": key.key}
    tx.sql.execute(CLAIM, {**scope, "digest": key.digest})
    tx.sql.execute(KEEP, {**scope, "result": int(result)})


def forget(sql: Connection) -> int:
    """Drop keys that are older than 48 hours of real time; returns how many."""
    return sql.execute(FORGET).rowcount
