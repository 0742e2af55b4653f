"""Everybody wants the same thing: one SKU, fewer units than attempts."""

from argparse import Namespace
from dataclasses import asdict

from . import pgbench
from .checkout import missing, same_rows, shown
from .filling import fill
from .measuring import tally
from .report import Result, table
from .serving import GENERATOR, load, serving
from .stage import say, stage

CLIENTS, GOAL = 128, 1.5
PART = 4  # Of four attempts, one finds something left.
LONGEST_S = 600


def run(options: Namespace) -> Result:
    """All attempts over HTTP, quoted before; the limit is one order a transaction on that SKU."""
    stock = options.attempts // PART
    with stage() as on:
        [hot, other] = fill(on, 2, 1, stock)
        same = same_rows(on, [other], lines=1)
        limit = pgbench.measured(on, same.one_by_one(1), options.seconds)
        say(f"limit: {limit.rate:.0f}/s of {same.rows} rows")
        with serving(on) as server:
            work = [[str(hot.skus[0])]] * options.attempts
            asked = {"clients": CLIENTS, "seconds": LONGEST_S}
            quotes = load(on, server, {**asked, "mode": "quote", "work": work}).quotes
            seen = load(on, server, {**asked, "mode": "place", "work": quotes})
        left = tally(on)
        lost = missing(on, seen.groups)
        query = "select coalesce(sum(quantity - released), 0)::bigint from inventory.reservations"
        held = on.one(
            query + " r join inventory.positions p on p.id = r.position_id where p.sku_id = %s",
            int(hot.skus[0]),
        )
    raw = seen.done / seen.last_s if seen.done else 0.0
    rate = raw * seen.used.alone  # Until it was sold out; refusals after that sell nothing.
    sold_out = sum(n for said, n in seen.refused.items() if said.endswith("sold-out"))
    exact = held == seen.done == stock and sold_out == options.attempts - stock
    heads = ["attempts", "sold", "sold out", "sold per s", "raw", "p50 ms", "p99 ms", "limit"]
    row = [len(quotes), seen.done, sold_out, rate, raw, seen.p50_ms, seen.p99_ms]
    table(f"flash: {CLIENTS} clients, stock {stock:,}", heads, [[*row, limit.rate]])
    print(f"  load generator: {GENERATOR}; its processor time is counted off")
    clean = left.clean and not lost and exact
    return Result(
        bench="flash",
        figure=rate if clean else None,
        unit="orders /s on one SKU",
        limit=limit.rate,
        goal=GOAL,
        measured={
            "stock": stock,
            "attempts": options.attempts,
            "sold": seen.done,
            "reserved": held,
            "sold_out": sold_out,
            "attempts_per_s": round(options.attempts / seen.used.wall_s, 1),
            "refusals": seen.refused,
            "rows": same.rows,
            "clients": {CLIENTS: shown(seen, None)},
            "generator": GENERATOR,
            "lost": lost,
            **asdict(left),
        },
    )
