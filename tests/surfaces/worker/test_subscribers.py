"""Facts reach their subscribers, and one that cannot be digested stops nobody else."""

from collections.abc import Iterator, Sequence

import pytest
from sqlalchemy import Connection
from structlog.testing import capture_logs

from entrepot.contexts import merchants
from entrepot.flows.subscriptions import SUBSCRIBERS
from entrepot.kernel import events
from entrepot.kernel.access import Actor, platform
from entrepot.kernel.events import Subscriber
from entrepot.kernel.ids import Id
from entrepot.kernel.tx import Tx
from entrepot.surfaces.worker import drain, turn
from tests import filling
from tests.conftest import Installation


@pytest.fixture(autouse=True)
def logs() -> Iterator[None]:
    """Failures are provoked here: nobody has to read their tracebacks."""
    with capture_logs():
        yield


def who(_: Connection) -> Actor:
    return platform("test")


def test_a_fact_that_fails_is_parked_and_the_others_go_on(installation: Installation) -> None:
    bad = filling.shop(installation.work).shop.id
    good = filling.shop(installation.work).shop.id
    seen: list[Id] = []

    def read(tx: Tx, facts: Sequence[merchants.ShopOpened]) -> None:
        if any(fact.shop_id == bad for fact in facts):
            raise ValueError("cannot digest it")
        seen.extend(fact.shop_id for fact in facts)

    to = Subscriber("test.reader", (merchants.ShopOpened,), read)
    drain(installation.work, who, [to])

    assert seen == [good]
    [parked] = installation.work.run(who, "test", lambda tx: events.parked(tx.sql))
    assert (parked.subscriber, parked.subject) == ("test.reader", bad)
    assert "cannot digest it" in parked.reason
    assert turn(installation.work, who, to) == 0


def test_what_was_parked_can_be_given_up(installation: Installation) -> None:
    bad = filling.shop(installation.work).shop.id

    def refuse(tx: Tx, facts: Sequence[merchants.ShopOpened]) -> None:
        raise ValueError("never")

    to = Subscriber("test.refuser", (merchants.ShopOpened,), refuse)
    drain(installation.work, who, [to])

    assert installation.work.run(who, "test", lambda tx: events.skip(tx, to, bad)) == 1
    assert installation.work.run(who, "test", lambda tx: events.parked(tx.sql)) == []


def test_nothing_is_left_when_drained(installation: Installation) -> None:
    filling.shop(installation.work)
    drain(installation.work, who, SUBSCRIBERS)

    with installation.engine.connect() as sql:
        assert events.sequence(sql) == 0
