"""The worker: a few loops, each in a thread, that any number of processes may run at once.

Nothing depends on there being one of them: the sequencer and the sweeps are unique by advisory
locks, subscribers by their cursors, calls to providers by rows that say who began.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from entrepot.contexts import files, identity, integrations, ledger, orders, payments
from entrepot.contexts.integrations import AppId
from entrepot.kernel import idempotency
from entrepot.kernel.access import Who
from entrepot.kernel.events import waiting
from entrepot.surfaces.parts import APP_SECRETS, Parts

from .cashier import Cashier
from .courier import HONEST, Courier, Mischief
from .jobs import JOBS, JobRunner
from .pictures import Darkroom
from .subscribers import enrol, sequence, turn
from .sweeps import sweep

log = structlog.get_logger()

SEQUENCE_EVERY_S = 0.1  # More often, a lone checkout shares its core with empty turns.
SUBSCRIBE_EVERY_S = 0.25
MOVE_ON_EVERY_S = 5.0  # Past facts that a subscriber does not read.
SWEEP_EVERY_S = 1.0
ASK_EVERY_S = 1.0
ALTER_EVERY_S = 1.0
FOLD_EVERY_S = 5.0
CLEAN_EVERY_S = 600.0
AFTER_A_FAILURE_S = 2.0
MANY = 64  # Facts. Fewer wait for company: one by one they would keep a core busy.


@dataclass(frozen=True, slots=True)
class Loop:
    """What is done again and again; at once if the last time did enough."""

    do: Callable[[], int]
    every_s: float
    enough: int = 1


@dataclass(slots=True)
class Worker:
    """Starts the loops and stops them cleanly: what was begun is ended or rolled back."""

    parts: Parts
    mischief: Mischief = HONEST  # How webhooks go astray on purpose.
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _idle_until: dict[str, float] = field(default_factory=dict)  # By subscriber.

    def start(self) -> None:
        """Start working; returns at once."""
        enrol(self.parts.work, self._who("events"), self.parts.subscribers)
        loops: dict[str, Loop] = {
            "sequencer": Loop(self.sequence, SEQUENCE_EVERY_S, MANY),
            "subscribers": Loop(self.subscribe, SUBSCRIBE_EVERY_S, MANY),
            "sweeps": Loop(self.sweep, SWEEP_EVERY_S),
            "cashier": Loop(self.ask, ASK_EVERY_S),
            "pictures": Loop(self.alter, ALTER_EVERY_S),
            "fold": Loop(self.fold, FOLD_EVERY_S),
            "clean": Loop(self.clean, CLEAN_EVERY_S),
        }
        for name, loop in loops.items():
            self._begin(name, lambda name=name, loop=loop: self._turn(name, loop))  # type: ignore[misc]
        self._begin("jobs", lambda: self._again("jobs", self._jobs))
        self._begin("courier", lambda: self._again("courier", self._carry))
        log.info("worker.started")

    def stop(self) -> None:
        """Let each loop finish what it is doing, and wait for it."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        log.info("worker.stopped")

    def sequence(self) -> int:
        """Give committed facts their places."""
        return sequence(self.parts.work, self._who("sequencer"))

    def subscribe(self) -> int:
        """One turn of each subscriber that is waited for; the others move on now and then."""
        who, now = self._who("subscriber"), time.monotonic()
        with self.parts.engine.connect() as sql:
            wanted = waiting(sql, self.parts.subscribers)
        done = 0
        for to in self.parts.subscribers:
            if to.name in wanted or now >= self._idle_until.get(to.name, now):
                self._idle_until[to.name] = now + MOVE_ON_EVERY_S
                done += turn(self.parts.work, who, to)
        return done

    def sweep(self) -> int:
        """The next thing that is due; what a settled day pays is sent as of that day."""
        due = sweep(self.parts.work, self._who("sweeps"), self.parts.rates)
        if due is None:
            return 0
        if due.what == "settlement.day":
            self.cashier.send_payouts(due.at)
        return 1

    def ask(self) -> int:
        """Ask providers for what is to be sent or found out; hear what they told others."""
        cashier = self.cashier
        # A server that was killed between its answer and this leaves messages behind.
        done = self.parts.work.run(self._who("cashier"), "webhooks.apply", payments.apply)
        done += cashier.look_up_payments() + cashier.send_refunds() + cashier.send_payouts()
        cashier.look_up_payouts()
        return done

    def alter(self) -> int:
        """The next picture for an engine; in a loop of its own, for engines may be slow."""
        return self.darkroom.alter_next()

    def fold(self) -> int:
        """Keep balances cheap to read."""
        self.parts.work.run(self._who("fold"), "ledger.fold", ledger.fold)
        return 0

    def clean(self) -> int:
        """Forget what is kept for a while only; warn of what ends in real time."""
        work, who = self.parts.work, self._who("clean")
        work.run(who, "kernel.forget", lambda tx: idempotency.forget(tx.sql))
        work.run(who, "identity.forget", lambda tx: identity.forget(tx.sql))
        work.run(who, "orders.forget_quotes", orders.forget_quotes)
        work.run(who, "integrations.forget", integrations.forget)
        work.run(who, "files.remove", lambda tx: files.remove(tx, self.parts.storage))
        work.run(who, "integrations.warn", integrations.warn)
        work.run(who, "webhooks.forget", integrations.deliveries.forget_deliveries)
        return 0

    @property
    def cashier(self) -> Cashier:
        """Who asks the providers."""
        parts = self.parts
        return Cashier(parts.work, self._who("cashier"), parts.providers, parts.payout_providers)

    @property
    def darkroom(self) -> Darkroom:
        """Who asks the engines that change pictures."""
        parts = self.parts
        return Darkroom(parts.work, self._who("darkroom"), parts.storage, parts.engines)

    @property
    def courier(self) -> Courier:
        """Who sends webhooks."""
        key = self.parts.keys.of(APP_SECRETS)

        def secret_of(app_id: AppId, generation: int) -> str:
            return integrations.app_secret(key, app_id, generation)

        who, office = self._who("courier"), self.parts.office
        return Courier(self.parts.work, who, office, secret_of, self.mischief)

    def _who(self, job: str) -> Who:
        return self.parts.platform(job)

    def _begin(self, name: str, do: Callable[[], None]) -> None:
        thread = threading.Thread(target=do, name=f"worker-{name}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _turn(self, name: str, loop: Loop) -> None:
        """Again at once while there is enough to do, else after a pause."""
        while not self._stop.is_set():
            try:
                pause = 0.0 if loop.do() >= loop.enough else loop.every_s
            except Exception:
                log.exception("worker.stumbled", loop=name)
                pause = AFTER_A_FAILURE_S
            self._stop.wait(pause)

    def _again(self, name: str, run: Callable[[], None]) -> None:
        """What runs by itself until it is stopped, begun again if it fails."""
        while not self._stop.is_set():
            try:
                run()
            except Exception:
                log.exception("worker.stumbled", loop=name)
                self._stop.wait(AFTER_A_FAILURE_S)

    def _jobs(self) -> None:
        JobRunner(self.parts, JOBS).run(self._stop.is_set)

    def _carry(self) -> None:
        self.courier.run(self._stop.is_set)
