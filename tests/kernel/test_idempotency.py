"""The same call twice is one call, also at the same time."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from entrepot.kernel.access import Actor
from entrepot.kernel.idempotency import Key, forget, once
from entrepot.kernel.ids import Id, new_ids
from entrepot.kernel.problems import KeyReused, NotFound
from entrepot.kernel.tx import Tx
from tests.conftest import Installation

ONE, OTHER = Actor("person:1"), Actor("person:2")
KEY = Key("orders.cancel", "k-1", b"body")


@dataclass
class Doing:
    """Counts how often the work was really done."""

    times: int = 0

    def __call__(self, tx: Tx) -> Id:
        self.times += 1
        tx.sql.execute(text("select pg_sleep(0.02)"))
        return new_ids(tx.sql, Id, 1)[0]


def call(at: Installation, doing: Doing, key: Key = KEY, actor: Actor = ONE) -> Id:
    return at.work.run(lambda _: actor, "test", lambda tx: once(tx, key, Id, do=lambda: doing(tx)))


def test_the_second_gets_the_answer_of_the_first(installation: Installation) -> None:
    doing = Doing()

    assert call(installation, doing) == call(installation, doing)
    assert doing.times == 1


def test_twins_at_the_same_time_are_one(installation: Installation) -> None:
    doing = Doing()
    with ThreadPoolExecutor(12) as callers:
        found = [*callers.map(lambda _: call(installation, doing), range(12))]

    assert len(set(found)) == 1
    assert doing.times == 1


def test_a_key_is_its_actors_and_its_operations(installation: Installation) -> None:
    doing = Doing()
    other_operation = Key("orders.ship", KEY.key, KEY.digest)
    found = [
        call(installation, doing),
        call(installation, doing, actor=OTHER),
        call(installation, doing, other_operation),
    ]

    assert len(set(found)) == doing.times == 3


def test_another_body_is_refused_and_changes_nothing(installation: Installation) -> None:
    doing = Doing()
    first = call(installation, doing)
    with pytest.raises(KeyReused):
        call(installation, doing, Key(KEY.operation, KEY.key, b"another"))

    assert call(installation, doing) == first
    assert doing.times == 1


def test_a_refusal_is_not_kept(installation: Installation) -> None:
    def refuse(tx: Tx) -> Id:
        def no() -> Id:
            raise NotFound("order", 7)

        return once(tx, KEY, Id, do=no)

    with pytest.raises(NotFound):
        installation.work.run(lambda _: ONE, "test", refuse)
    doing = Doing()
    call(installation, doing)

    assert doing.times == 1


def test_after_two_days_of_real_time_it_is_another_call(installation: Installation) -> None:
    doing = Doing()
    first = call(installation, doing)
    age = text("update kernel.calls set made_at = made_at - cast(:by as interval)")

    def old(by: str) -> int:
        with installation.engine.begin() as sql:
            sql.execute(age, {"by": by})
            return forget(sql)

    assert old("47 hours") == 0
    assert call(installation, doing) == first
    assert old("2 hours") == 1
    assert call(installation, doing) != first
