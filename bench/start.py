"""How long a server takes from its command to its first answer, and what it keeps in memory."""

from argparse import Namespace
from itertools import islice

from .baskets import baskets
from .filling import fill
from .report import Result, table
from .serving import GENERATOR, load, serving
from .stage import stage

STARTS, MOST_S, MOST_MB = 3, 3.0, 300
CLIENTS = 32


def run(options: Namespace) -> Result:
    """Start it a few times on a filled database; the last one is loaded before it is weighed."""
    with stage() as on:
        filled = fill(on, options.shops, options.skus // options.shops, 1_000)
        work = [[str(sku) for sku in skus] for skus in islice(baskets(filled), 50_000)]
        took, used = [], []
        for _ in range(STARTS):
            with serving(on) as server:
                took.append(server.started_s)
                used.append(sum(server.process.cpu_times()[:2]))
                fresh_mb = server.process.memory_info().rss / 1e6
                plan = {"mode": "both", "clients": CLIENTS, "seconds": options.seconds}
                if len(took) == STARTS:
                    load(on, server, {**plan, "work": work})
                loaded_mb = server.process.memory_info().rss / 1e6
    middle = sorted(took)[STARTS // 2]
    heads = ["", "best s", "median s", "fresh MB", "after load MB"]
    table("start: serve to the first 200", heads, [["", min(took), middle, fresh_mb, loaded_mb]])
    return Result(
        bench="start",
        figure=middle,
        unit="s to the first 200 of /readyz",
        limit=None,
        goal=MOST_S,
        against_limit=False,
        besides=loaded_mb < MOST_MB,
        measured={
            "starts_s": [round(one, 2) for one in took],
            "cpu_s": [round(one, 2) for one in used],
            "fresh_mb": round(fresh_mb, 1),
            "loaded_mb": round(loaded_mb, 1),
            "memory_goal_mb": MOST_MB,
            "generator": GENERATOR,
        },
    )
