"""Webhooks go out to a receiver on the same machine, and the worker is killed in between."""

import asyncio
import json
import os
import subprocess
import sys
import time
import urllib.request
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psutil
import uvloop

from entrepot.adapters import hooks
from entrepot.contexts import integrations
from entrepot.contexts.integrations import App, AppKind
from entrepot.kernel.ids import Id, new_ids
from entrepot.kernel.problems import only
from entrepot.kernel.tx import Tx

from .filling import Filled, fill
from .measuring import database_s
from .report import Result, table
from .stage import Stage, say, stage

GOAL, FASTER_THAN = 0.25, 1_000.0  # Of what posting alone does; and a second.
ENDPOINTS, SUBJECTS, BATCH = 20, 5, 500  # Subjects: of each endpoint in a batch.
WARM = 500  # Sent before anything is measured: then the worker has begun.
WORKER = [sys.executable, "-c", "from entrepot.surfaces.cli import main; main()", "worker"]
EVENT, SCOPES = "ORDER_STATUS_CHANGE", ("seller.order.info",)
deliveries = integrations.deliveries
BODY = (
    '{{"type":1,"tts_notification_id":"{id}","subject":"{subject}","n":{n},"shop_id":"1",'
    '"timestamp":1711972800,"data":{{"order_id":"912420349071589377","order_status":'
    '"AWAITING_SHIPMENT","is_on_hold_order":true,"update_time":1711972800}}}}'
)


@dataclass(frozen=True)
class Receiving:
    """The receiver's process."""

    port: int
    process: psutil.Process

    def counted(self) -> dict[str, int]:
        """What came."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/", headers={"content-length": "0"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            found: dict[str, int] = json.load(answer)
        return found


def run(options: Namespace) -> Result:
    """A backlog is sent, once undisturbed and once with a worker killed and another one started."""
    many = max(10_000, options.seconds * 1_500)
    with stage() as on, receiving() as there:
        [shop] = fill(on, 1, 1, 10)
        app = registered(on)
        with working(on) as worker:
            told(on, app, shop, there, WARM)
            wait(there, WARM)  # It is at work, and nothing waits.
            even = stretch(on, there, worker, lambda: told(on, app, shop, there, many), many)
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                alone, even["posting_alone_us"] = runner.run(posting(there, many // 2))
            say(f"undisturbed: {even['rate']:.0f}/s; posting alone: {alone:.0f}/s")
            told(on, app, shop, there, many)
            wait(there, WARM + 1 + many + many // 3)
            worker.kill()
        began = time.perf_counter()
        with working(on):
            wait(there, WARM + 1 + 2 * many)
        took_s = time.perf_counter() - began
        time.sleep(2)
        counted = there.counted()
        left = int(
            on.one("select count(*) from integrations.deliveries where state <> 'delivered'")
        )
        counted["notices"] -= WARM + 1  # Those before it, and that of posting alone.
        counted["requests"] -= WARM
        clean = counted["notices"] == 2 * many and not counted["disorder"] and not left
        say(f"killed and begun again: {took_s:.1f} s for the rest; {counted}, {left} left")
        show(even, counted, many)
        return Result(
            bench="webhooks",
            figure=even["rate"] if clean else None,
            unit="deliveries/s",
            limit=alone,
            goal=GOAL,
            besides=even["rate"] >= FASTER_THAN,
            measured={
                "deliveries": 2 * many,
                "lost": 2 * many - counted["notices"],
                "sent_again": counted["requests"] - counted["notices"] - many // 2,
                "out_of_order": counted["disorder"],
                "after_kill_s": round(took_s, 1),
                **{name: round(value, 1) for name, value in even.items()},
            },
        )


def stretch(
    on: Stage, there: Receiving, worker: psutil.Process, tell: Any, many: int
) -> dict[str, float]:
    """Tell and wait; what a delivery costs in processor time."""
    tell()
    cpu, database, theirs = spent(worker), database_s(on), spent(there.process)
    at_first, began = there.counted()["notices"], time.perf_counter()
    wait(there, WARM + many)
    took_s = time.perf_counter() - began
    sent = WARM + many - at_first
    return {
        "rate": sent / took_s,
        "worker_us": (spent(worker) - cpu) / sent * 1e6,
        "database_us": (database_s(on) - database) / sent * 1e6,
        "receiver_us": (spent(there.process) - theirs) / sent * 1e6,
    }


async def posting(there: Receiving, many: int) -> tuple[float, float]:
    """What the same client posts a second, with no database and nothing to keep in order.

    And the microseconds of processor time that each takes.
    """
    left = iter(range(many))
    body = BODY.format(id=1, subject=1, n=0).encode()
    headers = {"Authorization": "0" * 64, "Content-Type": "application/json"}
    office = hooks.Office(hooks.Reach(at_home=True))

    async def post(session: integrations.deliveries.Post) -> None:
        for n in left:
            address = f"http://127.0.0.1:{there.port}/{n % ENDPOINTS}"
            assert (await session.send(address, headers, body)).took_it

    async with office.open() as session:
        began, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(post(session) for _ in range(64)))
        rate = many / (time.perf_counter() - began)
        return rate, (time.process_time() - cpu) / many * 1e6


def told(on: Stage, app: App, shop: Filled, there: Receiving, many: int) -> None:
    """So many deliveries for some endpoints, each of the same few subjects."""
    made = 0
    while made < many:
        size = min(BATCH, many - made)
        on.do(lambda tx, size=size: one_batch(tx, app, shop, there, size))  # type: ignore[misc]
        made += size


def one_batch(tx: Tx, app: App, shop: Filled, there: Receiving, size: int) -> None:
    """As the subscriber writes them for a batch of facts."""
    subjects = new_ids(tx.sql, Id, ENDPOINTS * SUBJECTS)
    ids = deliveries.notice_ids(tx, size)
    new = [
        deliveries.NewDelivery(
            to=deliveries.Listener(
                app_id=app.id,
                shop_id=shop.shop.id,
                organisation_id=shop.shop.merchant_id,
                event=EVENT,
                address=f"http://127.0.0.1:{there.port}/{n % ENDPOINTS}",
                scopes=frozenset(SCOPES),
                live=True,
            ),
            notice_id=id,
            subject=subjects[n % len(subjects)],
            body=BODY.format(id=id, subject=subjects[n % len(subjects)], n=n),
        )
        for n, id in enumerate(ids)
    ]
    deliveries.send(tx, new)


def registered(on: Stage) -> App:
    """An app; nobody has to let it in, since deliveries are written past the subscriber."""
    wish = integrations.NewApp(
        name="ERP", redirect_url="http://localhost/", kinds=(AppKind.SELLER,), scopes=SCOPES
    )
    return on.do(lambda tx: only(integrations.register(tx, [wish])))


@contextmanager
def working(on: Stage) -> Iterator[psutil.Process]:
    """`entrepot worker` as a process of its own."""
    environment = {**os.environ, "ENTREPOT_HOME": str(on.home), "ENTREPOT_LOG_LEVEL": "error"}
    process = subprocess.Popen(WORKER, env=environment)
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


@contextmanager
def receiving() -> Iterator[Receiving]:
    """The receiver until the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.hooks"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield Receiving(int(process.stdout.readline()), psutil.Process(process.pid))
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def wait(there: Receiving, many: int) -> None:
    """Until so many notices have come."""
    ends = time.perf_counter() + 300
    while there.counted()["notices"] < many:
        assert time.perf_counter() < ends, f"{there.counted()} of {many} came"
        time.sleep(0.05)


def spent(process: psutil.Process) -> float:
    """Its processor time so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


def show(even: dict[str, float], counted: dict[str, int], many: int) -> None:
    """For people."""
    rows = [
        (
            f"{even['rate']:.0f}",
            f"{even['worker_us']:.0f}",
            f"{even['posting_alone_us']:.0f}",
            f"{even['database_us']:.0f}",
            f"{even['receiver_us']:.0f}",
            2 * many - counted["notices"],
            counted["requests"] - counted["notices"] - many // 2,
        )
    ]
    costs = ("worker µs", "posting alone µs", "database µs", "receiver µs")
    table("webhooks", ("deliveries/s", *costs, "lost", "sent again"), rows)
