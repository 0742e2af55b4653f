"""Who used how much of the processors, and what the run left behind."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psutil

from .stage import Stage

CORES = len(os.sched_getaffinity(0))


@dataclass(frozen=True)
class Used:
    """Processor seconds of a stretch of time."""

    wall_s: float
    generator_s: float
    server_s: float
    database_s: float

    @property
    def alone(self) -> float:
        """By what a rate grows if the load generator had a machine of its own."""
        taken = min(self.generator_s / self.wall_s, CORES - 1)
        return CORES / (CORES - taken)

    def shares(self) -> dict[str, float]:
        """Of all processor time of the machine."""
        whole = self.wall_s * CORES
        return {
            "generator_cpu": round(self.generator_s / whole, 3),
            "server_cpu": round(self.server_s / whole, 3),
            "database_cpu": round(self.database_s / whole, 3),
        }


def cpu_s(process: psutil.Process) -> float:
    """What a process has used so far; its children, which may end, are not in it."""
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


def database_s(stage: Stage) -> float:
    """What the database server has used, backends that have ended included."""
    postmaster = stage.server.cluster.postmaster()
    assert postmaster is not None
    times = postmaster.cpu_times()
    ended = float(times.children_user + times.children_system)
    return ended + cpu_s(postmaster) + sum(map(cpu_s, postmaster.children(recursive=True)))


def during(
    stage: Stage, server: psutil.Process | None, run: Callable[[], tuple[Any, float]]
) -> tuple[Any, Used]:
    """Run something that tells its result and the processor seconds of its generator."""
    database, served = database_s(stage), cpu_s(server) if server else 0.0
    begun = time.perf_counter()
    result, generator = run()
    wall = time.perf_counter() - begun
    served = (cpu_s(server) if server else 0.0) - served
    return result, Used(wall, generator, served, database_s(stage) - database)


@dataclass(frozen=True)
class Tally:
    """What must be nothing, or a run has no figure."""

    oversold: int
    duplicates: int
    trial_balance: int
    disagreements: int = 0  # Between positions, movements and reservations.

    @property
    def clean(self) -> bool:
        """Whether the run counts."""
        return not (self.oversold or self.duplicates or self.trial_balance or self.disagreements)


def tally(stage: Stage) -> Tally:
    """Ask the tables themselves."""
    oversold = stage.one(
        "select (select count(*) from inventory.positions where reserved > on_hand) + count(*)"
        " from (select position_id, sum(quantity - released) - min(m.received) as too_many"
        " from inventory.reservations r join (select position_id as id, sum(quantity) as received"
        " from inventory.movements where kind = 'received' group by position_id) m"
        " on m.id = r.position_id group by position_id) sold where too_many > 0"
    )
    duplicates = stage.one(
        "select (select count(*) - count(distinct quote_id) from orders.groups)"
        " + (select count(*) from (select from ledger.entries group by kind, reference"
        " having count(*) > 1) twice)"
    )
    unbalanced = stage.one(
        "select coalesce(sum(abs(minor)), 0)::bigint from"
        " (select sum(minor) as minor from ledger.postings group by currency) as currencies"
    )
    differing = stage.one("select count(*) from inventory.disagreements")
    return Tally(oversold, duplicates, unbalanced, differing)
