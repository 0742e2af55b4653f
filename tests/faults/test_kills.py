"""Processes killed at random instants under load: what was acknowledged is there, and once."""

import os
import time
from collections.abc import Callable, Iterator
from random import Random

import pytest

from tests import filling
from tests.faults import buyers, comparing, processes
from tests.faults.processes import Site
from tests.filling import Shop
from tests.living import Life

KILLS = int(os.environ.get("KILLS", "3"))  # Of each kind; `make faults` asks for fifty and more.
BUYERS = 4


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with processes.site() as up:
        yield up


@pytest.fixture(scope="module")
def shops(site: Site) -> list[Shop]:
    modes = ("self-operated", "full-managed-direct-purchase", "semi-managed")
    return [filling.shop(site.work, mode, stock=1_000_000, price_minor=1_999) for mode in modes]


def a_server(site: Site, chance: Random) -> None:
    victim = chance.choice(site.servers)
    victim.kill()
    victim.start()


def a_worker(site: Site, chance: Random) -> None:
    [victim] = site.workers
    victim.kill()
    victim.start()
    time.sleep(chance.uniform(1, 3))  # Long enough to be at work again, or not quite.


def the_database(site: Site, chance: Random) -> None:
    site.kill_database(chance)


@pytest.mark.slow
@pytest.mark.parametrize("kill", [a_server, a_worker, the_database])
def test_nothing_acknowledged_is_lost_or_doubled(
    site: Site, shops: list[Shop], kill: Callable[[Site, Random], None]
) -> None:
    chance = Random(KILLS)
    with buyers.shopping(site.addresses, shops, BUYERS, seed=KILLS) as journal:
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.2, 1.5))
            kill(site, chance)
            site.ready()
        time.sleep(0.5)
    assert len(journal.placed) > KILLS, "there was hardly any load"
    site.work.engine.dispose()  # Connections of ours that the database took with it.
    comparing.compare(Life(site.work), journal)
