"""A small history through the real flows, with figures that can be added up by hand."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from entrepot.adapters.datasets.history import History
from entrepot.adapters.datasets.olist import read_olist
from entrepot.contexts.orders import OrderId
from entrepot.flows import explaining
from entrepot.surfaces import replay
from entrepot.surfaces.parts import Parts
from entrepot.surfaces.replay.diary import AnotherHistory, NotEmpty
from tests import filling
from tests.adapters.datasets import olist_folder
from tests.databases import Server
from tests.surfaces.installing import parts_on

Nothing = tuple[int, int, datetime]


@pytest.fixture
def history(tmp_path: Path) -> History:
    folder = tmp_path / "data"
    folder.mkdir()
    return read_olist(olist_folder.write(folder))


@pytest.fixture
def parts(server: Server, tmp_path: Path, history: History) -> Iterator[Parts]:
    with parts_on(server, tmp_path / "home", history.overlays[0]) as made:
        yield made


def quiet(done: int, of: int, at: datetime) -> None:
    """No progress is shown."""


def report(parts: Parts, history: History) -> dict[str, Any]:
    return replay.as_json(replay.report(parts, replay.run(parts, history, quiet), history))


def rows(parts: Parts, query: str) -> list[tuple[Any, ...]]:
    with parts.engine.connect() as sql:
        return [tuple(row) for row in sql.execute(text(query))]


def test_the_report_has_the_figures_of_the_files(parts: Parts, history: History) -> None:
    """o1 was delivered, o2 cancelled, o3 is on its way; o4 has no goods."""
    made = report(parts, history)

    items, freight = 14_400 * 2 + 81_000 + 1_000 + 85, 877 * 2 + 7_075 + 215
    delivered = [14_400 * 2 + 877 * 2, 81_000 + 7_075]  # Of o1: one order for each seller.
    fees = sum(round(paid * 0.06) for paid in delivered)
    assert {name: made[name] for name in ("orders", "shop_orders", "currency")} == {
        "orders": 3,
        "shop_orders": 4,
        "currency": "BRL",
    }
    assert (made["items_minor"], made["freight_minor"]) == (items, freight)
    assert made["refunded_minor"] == 1_000
    assert made["platform_fee_minor"] == fees == 1_833 + 5_284
    assert made["paid_out_minor"] == sum(delivered) - fees
    assert made["pending_minor"] == 85 + 215
    assert made["reserve_minor"] == 0
    assert made["trial_balance_minor"] == made["unexplained_minor"] == 0
    assert made["orders_by_state"] == {"cancelled": 1, "delivered": 2, "in_transit": 1}
    assert made["skipped"] == [{"rule": "no_goods", "rows": 1, "minor": 5_555, "currency": "BRL"}]


def test_things_happen_when_they_happened(parts: Parts, history: History) -> None:
    """Sao Paulo is three hours behind; eight days after the eighth is the sixteenth."""
    report(parts, history)

    o1 = "select paid_at, dispatched_at, delivered_at from orders.orders where total_minor = 88075"
    assert [[at.isoformat() for at in row] for row in rows(parts, o1)] == [
        ["2017-03-01T13:20:00+00:00", "2017-03-02T12:00:00+00:00", "2017-03-08T18:00:00+00:00"]
    ]
    stated = "select distinct stated_on, due_at from settlement.statements"
    assert [(str(day), at.isoformat()) for day, at in rows(parts, stated)] == [
        ("2017-03-16", "2017-03-16T03:00:00+00:00")
    ]
    [(cancelled,)] = rows(parts, "select closed_at from orders.orders where state = 'cancelled'")
    assert cancelled.isoformat() == "2017-03-04T11:00:00+00:00"


def test_every_order_explains_itself(parts: Parts, history: History) -> None:
    report(parts, history)

    for (id,) in rows(parts, "select id from orders.orders"):
        order = OrderId(id)
        found = parts.work.run(
            parts.platform("test"),
            "explain",
            lambda tx, order=order: explaining.explain_order(tx, order),  # type: ignore[misc]
        )
        assert found.differences == []


@pytest.mark.parametrize("after", [1, 4, 9, 12])
def test_an_interrupted_replay_goes_on(
    parts: Parts, server: Server, history: History, tmp_path: Path, after: int
) -> None:
    class Interrupted(Exception):
        pass

    calls = 0

    def interrupting(done: int, of: int, at: datetime) -> None:
        nonlocal calls
        calls += 1
        if calls > after:
            raise Interrupted

    with pytest.raises(Interrupted):
        replay.run(parts, history, interrupting)
    with parts_on(server, tmp_path / "other", history.overlays[0]) as other:
        assert report(parts, history) == report(other, history)


@pytest.mark.slow
def test_each_unit_of_work_may_be_the_last(
    parts: Parts, server: Server, history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever commit is the last one before a crash: the report is the same in the end."""

    class Crashed(Exception):
        pass

    from entrepot.kernel.tx import UnitOfWork

    run, left = UnitOfWork.run, 0

    def crashing(self: UnitOfWork, *given: Any, **how: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise Crashed
        return run(self, *given, **how)

    monkeypatch.setattr(UnitOfWork, "run", crashing)
    crashes = 0
    while True:
        left = 9 + crashes  # Opening and the last steps take some in a row: each try gets further.
        try:
            diary = replay.run(parts, history, quiet)
            break
        except Crashed:
            crashes += 1
    monkeypatch.undo()

    assert crashes > 5
    with parts_on(server, tmp_path / "other", history.overlays[0]) as other:
        mine = replay.as_json(replay.report(parts, diary, history))
        theirs = report(other, history)
        assert {n: (mine[n], theirs[n]) for n in mine if mine[n] != theirs[n]} == {}


def test_a_finished_replay_is_not_repeated(parts: Parts, history: History) -> None:
    once = report(parts, history)
    before = rows(parts, "select count(*), max(id) from ledger.entries")

    assert report(parts, history) == once
    assert rows(parts, "select count(*), max(id) from ledger.entries") == before


def test_another_history_is_refused(parts: Parts, history: History) -> None:
    report(parts, history)

    with pytest.raises(AnotherHistory):
        replay.run(parts, replace(history, digest="another"), quiet)


def test_a_database_in_use_is_refused(parts: Parts, history: History) -> None:
    filling.shop(parts.work)
    before = rows(parts, "select held_at from kernel.clock")

    with pytest.raises(NotEmpty):
        replay.run(parts, history, quiet)
    assert rows(parts, "select held_at from kernel.clock") == before
    assert rows(parts, "select count(*) from kernel.replayed") == [(0,)]


def test_an_empty_history_has_an_empty_report(parts: Parts, history: History) -> None:
    empty = replace(
        history,
        purchases=(),
        skipped=(),
        own=replace(history.own, by_order={}, items_minor=0, freight_minor=0),
    )
    made = report(parts, empty)

    assert (made["orders"], made["items_minor"], made["unexplained_minor"]) == (0, 0, 0)
    assert made["currency"] == "BRL"


def test_a_lost_cent_is_found(parts: Parts, history: History) -> None:
    """The files say one cent more than what was replayed."""
    own = history.own.by_order["o1"]
    by_order = {**history.own.by_order, "o1": replace(own, items_minor=own.items_minor + 1)}
    made = report(parts, replace(history, own=replace(history.own, by_order=by_order)))

    assert made["unexplained_minor"] == 1
    assert [(one["order"], one["figure"]) for one in made["differences"]["unexplained"]] == [
        ("o1", "items_read")
    ]
