"""Guests buy baskets of two lines: how many a second, beside what the disk and cores could do."""

from argparse import Namespace
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from entrepot.adapters.payments.sandbox import Sandbox
from entrepot.contexts import payments
from entrepot.flows import paying, placing, quoting
from entrepot.kernel.problems import each

from . import pgbench
from .baskets import LINES, baskets, checkout, wish
from .filling import Filled, fill
from .measuring import tally
from .report import Result, table
from .samerows import SameRows, counts, written
from .serving import GENERATOR, Load, Server, load, serving
from .stage import Stage, say, stage

CLIENTS = (1, 8, 32, 128)
MANY = 128
PLACING_GOAL, WHOLE_GOAL, P50_MS = 0.35, 0.2, 15.0
STOCK = 1_000_000
MOST = 400_000  # Baskets that are thought up for one run of clients.


@dataclass(frozen=True)
class Cost:
    """What one checkout asks of the database."""

    statements: float
    wal_bytes: float


def run(options: Namespace) -> Result:
    """Quote, place and pay over HTTP; limits by pgbench before and after, on the same database."""
    with stage() as on:
        filled = fill(on, options.shops, options.skus // options.shops, STOCK)
        same = same_rows(on, filled)
        positions = on.one("select count(*) from inventory.positions")
        one = pgbench.measured(on, same.one_by_one(positions), options.seconds)
        many = pgbench.measured(on, same.in_batches(positions), options.seconds)
        say(f"limit (a) {one.rate:.0f}/s, (b) {many.rate * 100:.0f}/s of {same.rows} rows")
        with serving(on) as server:
            work = [[str(sku) for sku in skus] for skus in islice(baskets(filled), MOST)]
            warm(on, server, work)
            whole = {n: measured(on, server, n, (work, options.seconds)) for n in CLIENTS}
            placed = only_placing(on, server, (work, options.seconds))
            resident = server.process.memory_info().rss
        left = tally(on)
        acknowledged = [id for seen, _ in whole.values() for id in seen.groups] + placed.groups
        lost = missing(on, acknowledged)
    show(whole, placed, (one.rate, many.rate * 100, same.rows))
    best = max(seen.rate for seen, _ in whole.values())
    clean = left.clean and not lost
    return Result(
        bench="checkout",
        figure=placed.rate if clean else None,
        unit="orders placed and paid /s",
        limit=one.rate,
        goal=PLACING_GOAL,
        besides=best >= WHOLE_GOAL * one.rate and whole[1][0].p50_ms < P50_MS,
        measured={
            "quote_and_place": round(best, 1),
            "quote_and_place_ratio": round(best / one.rate, 3),
            "quote_and_place_goal": WHOLE_GOAL,
            "single_client_p50_ms": round(whole[1][0].p50_ms, 2),
            "single_client_p50_goal_ms": P50_MS,
            "limit_in_batches": round(many.rate * 100, 1),
            "rows": same.rows,
            "clients": {n: shown(seen, cost) for n, (seen, cost) in whole.items()},
            "placing": shown(placed, None),
            "generator": GENERATOR,
            "server_rss_mb": round(resident / 1e6, 1),
            "lost": lost,
            **asdict(left),
        },
    )


def same_rows(on: Stage, filled: list[Filled], n: int = 20, *, lines: int = LINES) -> SameRows:
    """See which rows checkouts write, by making some: one unit of work for each step of each."""
    provider, guests = Sandbox(b"bench"), baskets(filled, lines, seed=7)

    def buy() -> None:
        [quote] = on.do(lambda tx: each(quoting.quote(tx, [wish(next(guests))])))
        [group] = on.do(lambda tx: each(placing.place(tx, [checkout(quote.id)])))
        begin = payments.Beginning(group_id=group.id)
        calls = on.do(lambda tx: each(payments.begin(tx, [begin])))
        answers = [
            payments.Answer(call, outcome)
            for call, outcome in zip(calls, provider.carry_out(calls), strict=True)
        ]
        on.do(lambda tx: paying.record(tx, answers))

    buy()  # What the first one opens, such as accounts, is there then.
    before = counts(on)
    for _ in range(n):
        buy()
    return SameRows(on, written(on, before, counts(on), n), lines)


def warm(on: Stage, server: Server, work: list[Any]) -> None:
    """Let caches fill."""
    load(on, server, {"mode": "both", "clients": 16, "seconds": 3, "work": work[-20_000:]})


def measured(
    on: Stage, server: Server, clients: int, given: tuple[list[Any], int]
) -> tuple[Load, Cost]:
    """Complete checkouts by so many clients at once."""
    work, seconds = given
    on.ask_server("select pg_stat_statements_reset()")
    start = on.one("select pg_current_wal_lsn()::text")
    plan = {"mode": "both", "clients": clients, "seconds": seconds, "work": work}
    seen = load(on, server, plan)
    wal = on.one("select pg_wal_lsn_diff(pg_current_wal_lsn(), %s::pg_lsn)::bigint", start)
    [(calls,)] = on.ask_server(
        "select coalesce(sum(calls), 0)::bigint from pg_stat_statements s"
        " join pg_roles r on r.oid = s.userid where r.rolname = 'entrepot_app'"
    )
    say(f"{clients} clients: {seen.raw_rate:.0f}/s, p50 {seen.p50_ms:.1f} ms")
    done = max(1, seen.done)
    return seen, Cost(calls / done, wal / done)


def only_placing(on: Stage, server: Server, given: tuple[list[Any], int]) -> Load:
    """Quote everything first; then measure the rest."""
    work, seconds = given
    quoting_ = {"mode": "quote", "clients": MANY, "seconds": seconds * 2, "work": work}
    quotes = load(on, server, quoting_).quotes
    plan = {"mode": "place", "clients": MANY, "seconds": seconds, "work": quotes}
    seen = load(on, server, plan)
    say(f"placing alone: {seen.raw_rate:.0f}/s of {len(quotes)} quotes")
    return seen


def missing(on: Stage, acknowledged: list[str]) -> int:
    """Groups that a client was told of and that are not there."""
    there = on.one("select count(*) from orders.groups where id = any(%s::bigint[])", acknowledged)
    return len(acknowledged) - int(there)


def shown(seen: Load, cost: Cost | None) -> dict[str, Any]:
    """One stretch, for the JSON line."""
    found: dict[str, Any] = {
        "per_s": round(seen.rate, 1),
        "raw_per_s": round(seen.raw_rate, 1),
        "p50_ms": round(seen.p50_ms, 2),
        "p99_ms": round(seen.p99_ms, 2),
        "refused": sum(seen.refused.values()),
        **seen.used.shares(),
    }
    if cost is not None:
        found |= {"statements": round(cost.statements, 2), "wal_bytes": round(cost.wal_bytes)}
    return found


def show(
    whole: dict[int, tuple[Load, Cost]], placed: Load, limits: tuple[float, float, int]
) -> None:
    """The table."""
    one, many, rows = limits
    heads = ["clients", "per s", "raw", "p50 ms", "p99 ms", "of (a)", "statements", "WAL bytes"]
    lines: list[list[object]] = [
        [
            f"{n}, quote + place",
            seen.rate,
            seen.raw_rate,
            seen.p50_ms,
            seen.p99_ms,
            seen.rate / one,
            cost.statements,
            cost.wal_bytes,
        ]
        for n, (seen, cost) in whole.items()
    ]
    alone = [placed.rate, placed.raw_rate, placed.p50_ms, placed.p99_ms, placed.rate / one]
    lines.append([f"{MANY}, place only", *alone, None, None])
    lines.append([f"limit (a): {rows} rows, one by one", one, *[None] * 6])
    lines.append(["limit (b): in batches of 100", many, None, None, None, many / one, None, None])
    table("checkout: two lines, paid in the sandbox", heads, lines)
    print(f"  load generator: {GENERATOR}; its processor time is counted off")
