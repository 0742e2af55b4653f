"""When a demo's history is over, what is shown can be bought, and by the timers of every day."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from entrepot import rulebook
from entrepot.adapters.datasets.history import History
from entrepot.adapters.datasets.markets import places_on
from entrepot.adapters.datasets.online_retail import OVERLAYS, read_online_retail
from entrepot.rulebook import OrderTimers
from entrepot.settings import Settings
from entrepot.surfaces import replay
from entrepot.surfaces.cli.opening import bring_rules
from entrepot.surfaces.parts import Parts
from tests.databases import Server
from tests.surfaces.installing import parts_on


@pytest.fixture(scope="module")
def history() -> History:
    """The first purchases of the extract."""
    places = places_on(rulebook.load(OVERLAYS), date(2023, 12, 27))
    whole = read_online_retail(None, 682, places)
    return replace(whole, purchases=whole.purchases[:6])


@pytest.fixture
def parts(server: Server, tmp_path: Path) -> Iterator[Parts]:
    with parts_on(server, tmp_path / "home", OVERLAYS) as made:
        yield made


def quiet(done: int, of: int, at: datetime) -> None:
    """No progress is shown."""


def test_what_is_on_sale_is_in_stock(parts: Parts, history: History) -> None:
    made = replay.as_json(replay.report(parts, replay.run(parts, history, quiet), history))
    query = "select sku_id, sum(on_hand - reserved) as free from inventory.positions group by 1"
    with parts.engine.connect() as sql:
        free = {row.sku_id: row.free for row in sql.execute(text(query))}

    skus = {line.sku_key for sale in history.purchases for line in sale.lines}
    assert len(free) == len(skus) and min(free.values()) >= 20
    assert made["staged"] == {"units_of_each_sku_after_the_history": 20}
    assert made["trial_balance_minor"] == 0
    paid = dict.fromkeys(made["by_currency"], 0)
    for row in made["paid_out_by_mode_and_tier"]:
        paid[row["currency"]] += row["minor"]
    assert all(minor >= 0 for minor in paid.values())


def test_the_replay_s_timers_end_with_its_history(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    last_on = date(2024, 11, 26)
    settings = bring_rules(Settings(home=home), (OVERLAYS,), last_on)
    mixed, shipped = rulebook.load(settings.rules_overlay), rulebook.load()

    for market in ("us", "gb", "de"):
        during = mixed.on(OrderTimers, market, last_on).row({})
        after = last_on + timedelta(days=1)
        assert during.auto_cancel_business_days == 1_000
        for day in (after, date(2026, 1, 1)):
            theirs = shipped.on(OrderTimers, market, day).row({})
            assert mixed.on(OrderTimers, market, day).row({}) == theirs
