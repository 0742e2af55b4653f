"""The unit of work."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from itertools import count
from typing import TypeVar

import structlog
from sqlalchemy import ColumnElement, Connection, Engine, select, true
from sqlalchemy.exc import OperationalError

from .access import Actor, Who
from .clock import Clock
from .db import statement
from .ids import IdT, among
from .jobs import Queue

T = TypeVar("T")
log = structlog.get_logger()

EVERY_ROW = true()
LAZILY = statement("set local synchronous_commit = off")
LOST_A_FIGHT = {"40001", "40P01"}  # Serialization failure, deadlock.
TRIES = 3


class Lock(IntEnum):
    """The kinds of rows that are ever locked, in the only order in which that may happen."""

    QUOTES = 0
    ORDERS = 1
    SHOP_DAYS = 2
    BUDGETS = 3
    STOCK = 4
    ACCOUNTS = 5


@dataclass(frozen=True, slots=True)
class Tx:
    """One unit of work: where to write, who asks, what business time it is, where jobs go."""

    sql: Connection
    actor: Actor
    now: datetime
    queue: Queue
    rules: object  # The rulebook in force; `rulebook.of(tx)` reads it, the kernel knows no rules.
    held: dict[Lock, set[int]] = field(default_factory=dict)

    def hold(
        self,
        kind: Lock,
        key: ColumnElement[IdT],
        ids: Collection[IdT],
        visible: ColumnElement[bool] = EVERY_ROW,
    ) -> None:
        """Lock rows until the end, by rising key. The next statement reads what they hold.

        What is held already may be asked for again; more of a kind, or a kind before one that is
        held, would let two units of work wait for each other and is a bug.
        """
        wanted = {int(id) for id in ids}
        if not wanted or wanted <= self.held.get(kind, set()):
            return
        assert not self.held or max(self.held) < kind, f"{kind.name} after {max(self.held).name}"
        self.held[kind] = wanted
        rows = select(key).where(among(key, ids), visible).order_by(key)
        # key_share: "for no key update", which lets rows that refer to this one come in.
        self.sql.execute(rows.with_for_update(key_share=True))


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """Runs work in a transaction. Only surfaces hold one; all below is handed a `Tx`."""

    engine: Engine
    clock: Clock
    queue: Queue
    rules: object

    def run(self, who: Who, work: str, do: Callable[[Tx], T], *, durable: bool = True) -> T:
        """Commit everything that `do` wrote, or nothing. A lost lock fight repeats it whole.

        Work that is not durable may be lost as if it had never been, if the database is killed
        within a second: the commit does not wait for the disk. Any later durable commit keeps it.
        """
        for attempt in count(1):
            try:
                return self._once(who, work, do, durable=durable)
            except OperationalError as error:
                if attempt == TRIES or getattr(error.orig, "sqlstate", None) not in LOST_A_FIGHT:
                    raise
                log.warning("work.repeated", work=work, attempt=attempt)
        raise AssertionError("unreachable")

    def _once(self, who: Who, work: str, do: Callable[[Tx], T], *, durable: bool) -> T:
        with self.engine.begin() as sql:
            if not durable:
                sql.execute(LAZILY)
            tx = Tx(sql, who(sql), self.clock.now(sql), self.queue, self.rules)
            result = do(tx)
        log.debug("work.committed", work=work, actor=tx.actor.name)
        return result
