"""Carries facts to their subscribers."""

from collections.abc import Sequence

import structlog

from entrepot.kernel import events
from entrepot.kernel.access import Who
from entrepot.kernel.events import Subscriber, deliver, stumble
from entrepot.kernel.tx import UnitOfWork

log = structlog.get_logger()


def sequence(work: UnitOfWork, who: Who) -> int:
    """Give what was committed its place in the log; nothing while another sequencer works."""
    # What is lost is sequenced again: whoever acted on a place in the log has kept that place.
    return work.run(who, "events.sequence", lambda tx: events.sequence(tx.sql), durable=False)


def turn(work: UnitOfWork, who: Who, to: Subscriber) -> int:
    """One step of one subscriber; the worker calls it until nothing is left."""
    try:
        return work.run(who, f"events.deliver:{to.name}", lambda tx: deliver(tx, to))
    except Exception as error:
        reason = repr(error)
        log.exception("events.stumbled", subscriber=to.name)
        work.run(who, f"events.stumble:{to.name}", lambda tx: stumble(tx, to, reason))
        return 1


def enrol(work: UnitOfWork, who: Who, subscribers: Sequence[Subscriber]) -> None:
    """Give each subscriber its cursor."""
    names = [to.name for to in subscribers]
    work.run(who, "events.enrol", lambda tx: events.enrol(tx.sql, names))


def drain(work: UnitOfWork, who: Who, subscribers: Sequence[Subscriber]) -> None:
    """Until nothing is left to sequence and every subscriber stands at the end of the log."""
    enrol(work, who, subscribers)
    while sequence(work, who) + sum(turn(work, who, to) for to in subscribers):
        pass
