"""A million delivered lines become statements and ledger entries, one market day after another."""

import time
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict
from resource import RUSAGE_SELF, getrusage

from entrepot.contexts import ledger, settlement
from entrepot.contexts.ledger import Account, Entry, Posting, Purpose
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.money import Currency, Money
from entrepot.kernel.tx import Tx

from .measuring import database_s, tally
from .report import Result, table
from .stage import NOON, Stage, say, stage

GOAL, MOST_MB = 0.4, 500
SHOPS = 1_000
# Written past the doors, for the benchmark alone: it measures settling, not delivering. Every line
# has a claim of its merchant or supplier; one in twenty holds back a reserve, one in fifty was
# refunded. Modes and tiers say when a claim is due. They lie in the order of their deliveries, ten
# days of them, as claims do that are written when goods arrive.
CLAIMS = """
    insert into settlement.claims (payee_id, shop_id, market, kind, source_id, pos, order_id,
        currency, minor, breakdown, basis, tier, rules, started_at, days, eligible_at, reserve_bp,
        reserve_until)
    select 1000 + n %% %(shops)s, case when n %% 4 = 3 then 0 else 1000 + n %% %(shops)s end,
        m.market, 'sale', n / 2, 1 + n %% 2, n / 2, m.currency, 500 + n %% 7919,
        '{"net": 1891, "platform_commission": -120, "tax": 0}',
        case n %% 4 when 0 then 'retail_sale' when 1 then 'retail_sale_after_commission'
            when 2 then 'supply_price_on_delivery' else 'supply_price_on_receipt' end,
        t.tier, array['settlement/' || m.market || '/2023-01-01@1', 'fees/' || m.market], at,
        t.days,
        (date_trunc('day', at at time zone m.zone) + make_interval(days => t.days))
            at time zone m.zone,
        case when n %% 20 = 0 then 1000 else 0 end,
        case when n %% 20 = 0 then at + interval '60 days' end
    from generate_series(1, %(lines)s) n
    join (values (0, 'us', 'USD', 'America/Los_Angeles'), (1, 'gb', 'GBP', 'Europe/London'),
        (2, 'de', 'EUR', 'Europe/Berlin')) m (k, market, currency, zone)
        on m.k = n %% %(shops)s %% 3
    join (values (0, 'long', 31), (1, 'standard', 8), (2, 'accelerated', 5), (3, 'short', 1))
        t (k, tier, days) on t.k = n / 7 %% 4
    cross join lateral (
        select %(noon)s - make_interval(hours => 240 - n * 240 / %(lines)s) as at
    ) delivered
"""
REFUNDS = """
    insert into settlement.claims (payee_id, shop_id, market, kind, source_id, pos, order_id,
        currency, minor, breakdown, basis, tier, rules, started_at, days, eligible_at)
    select payee_id, shop_id, market, 'refund', source_id, pos, order_id, currency, -minor / 2,
        breakdown, basis, tier, rules, started_at, null, eligible_at
    from settlement.claims where source_id % 25 = 0 and pos = 1
"""
OPEN = """
    insert into settlement.open_claims (claim_id, payee_id, shop_id, market, order_id, pos,
        currency, minor, started_at, eligible_at, reserve_bp, reserve_until)
    select id, payee_id, shop_id, market, order_id, pos, currency, minor, started_at, eligible_at,
        reserve_bp, reserve_until
    from settlement.claims
"""
OWED = (
    "select payee_id, currency, sum(minor)::bigint from settlement.open_claims"
    " group by payee_id, currency order by 1, 2"
)
HELD = (
    "select a.owner_id, p.currency, -sum(p.minor)::bigint from ledger.postings p"
    " join ledger.accounts a on a.id = p.account where a.purpose = 'on_hold'"
    " group by 1, 2 having sum(p.minor) <> 0 order by 1, 2"
)
RESERVES = (
    "select coalesce(sum(held_minor - consumed_minor - released_minor), 0)::bigint"
    " from settlement.reserve_holds"
)
RESERVED = (
    "select coalesce(-sum(p.minor), 0)::bigint from ledger.postings p"
    " join ledger.accounts a on a.id = p.account where a.purpose = 'reserve'"
)
LINES = "settlement.claims"  # What is settled; settling reads of it and leaves it as it is.
WRITTEN = (
    "settlement.settled",
    "settlement.statements",
    "settlement.reserve_holds",
    "settlement.reserve_uses",
    "ledger.entries",
    "ledger.postings",
    "ledger.deltas",
    "events.fresh",
)


def run(options: Namespace) -> Result:
    """Close every day on which something is due; the limit writes the same rows afterwards."""
    with stage() as on:
        lines = filled(on, options.lines)
        before = agrees(on)
        database, begun, own = database_s(on), time.perf_counter(), time.process_time()
        days = closed(on)
        took = time.perf_counter() - begun
        used, own = database_s(on) - database, time.process_time() - own
        memory_mb = getrusage(RUSAGE_SELF).ru_maxrss / 1_000
        statements = on.one("select count(*) from settlement.statements")
        say(f"{statements} statements of {days} days in {took:.1f} s")
        left, after = tally(on), agrees(on)
        open_ = on.one("select count(*) from settlement.open_claims")
        database = database_s(on)
        written = limited(on, WRITTEN)
        limit = written + limited(on, [LINES])
        limit_cpu = database_s(on) - database
    clean = left.clean and before and after and not open_
    rate = lines / took
    heads = ["", "lines per s", "of the limit", "statements", "peak MB"]
    rows: list[list[object]] = [
        ["closing days", rate, rate / (lines / limit), statements, memory_mb],
        ["limit: lines and what is written, by insert … select", lines / limit, None, None, None],
        ["what is written alone", lines / written, None, None, None],
    ]
    table(f"settlement: {lines:,} lines, three currencies", heads, rows)
    return Result(
        bench="settlement",
        figure=rate if clean else None,
        unit="lines /s",
        limit=lines / limit,
        goal=GOAL,
        besides=memory_mb < MOST_MB,
        measured={
            "lines": lines,
            "statements": statements,
            "days": days,
            "seconds": round(took, 2),
            "database_cpu_s": round(used, 2),
            "own_cpu_s": round(own, 2),
            "cpu_ratio": round(limit_cpu / (used + own), 4),  # Whatever else the machine does.
            "written_limit": round(lines / written),
            "written_ratio": round(written / took, 4),
            "memory_mb": round(memory_mb, 1),
            "memory_goal_mb": MOST_MB,
            "on_hold_is_open_claims": before and after,
            "open_claims": open_,
            "generator": "none: the worker's own sweep",
            **asdict(left),
        },
    )


def filled(on: Stage, lines: int) -> int:
    """Claims, and what the ledger owes for them."""
    given = {"lines": lines, "shops": SHOPS, "noon": NOON}
    on.ask_with(CLAIMS, given)
    on.ask_with(REFUNDS, {})
    on.ask_with(OPEN, {})
    owed = on.ask(OWED)
    on.do(lambda tx: ledger.post(tx, [_owed(tx, n, *row) for n, row in enumerate(owed)]))
    on.ask("vacuum analyze")  # As the server does by itself, a minute later.
    count = int(on.one("select count(*) from settlement.claims"))
    say(f"{count} claims of {SHOPS} payees")
    return count


def closed(on: Stage) -> int:
    """What the worker's sweep does: the next day, until nothing waits; how many days it were."""
    count = 0
    while days := on.do(settlement.next_days):
        _, market, day = days[0]
        on.do(lambda tx, m=market, d=day: settlement.close_day(tx, m, d))  # type: ignore[misc]
        count += 1
    return count


def agrees(on: Stage) -> bool:
    """Whether the ledger owes on hold what claims are open, and keeps what is reserved."""
    open_claims = [row for row in on.ask(OWED) if row[2]]
    return open_claims == on.ask(HELD) and on.one(RESERVES) == on.one(RESERVED)


def limited(on: Stage, tables: Sequence[str]) -> float:
    """Seconds to write the same rows into tables of the same shape and indexes."""
    on.ask("create schema if not exists bench")
    for name in tables:
        copy = f"bench.{name.replace('.', '_')}"
        on.ask_with(
            f"create table {copy} (like {name} including all excluding identity"
            " excluding generated)",
            {},
        )
    on.ask("checkpoint")
    begun = time.perf_counter()
    for name in tables:
        on.ask_with(f"insert into bench.{name.replace('.', '_')} select * from {name}", {})
    return time.perf_counter() - begun


def _owed(tx: Tx, n: int, payee: int, currency: str, minor: int) -> Entry:
    amount = Money(minor, Currency(currency))
    return Entry(
        kind="bench",
        reference=str(n),
        occurred_at=tx.now,
        postings=(
            Posting(Account(Purpose.PENDING), amount),
            Posting(Account(Purpose.ON_HOLD, OrganisationId(payee)), -amount),
        ),
    )
