"""The town around the shops: buyers and the carrier, each on a thread, at a chosen pace."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from entrepot.surfaces.parts import Parts

from .buyers import Buyers, Temper
from .carrier import Carrier

log = structlog.get_logger()

MINUTE_S = 60.0
AFTER_A_FAILURE_S = 2.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How much happens by itself; with nothing of it, only what somebody does."""

    orders_per_minute: float = 0.0
    temper: Temper = field(default_factory=Temper)
    carrier_step_s: float = 20.0  # After which a parcel is moved one step.


@dataclass(slots=True)
class Town:
    """Starts and stops with the server."""

    parts: Parts
    pace: Pace
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Let them begin; returns at once."""
        if self.pace.orders_per_minute > 0:
            buyers = Buyers(self.parts, self.pace.temper)
            self._begin("buyers", lambda: _live(buyers), MINUTE_S / self.pace.orders_per_minute)
        step = timedelta(seconds=self.pace.carrier_step_s)
        carrier = Carrier(self.parts)
        self._begin("carrier", lambda: carrier.step(step), min(self.pace.carrier_step_s, 5.0))

    def stop(self) -> None:
        """Let them end what they are doing."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _begin(self, name: str, do: Callable[[], object], every_s: float) -> None:
        def again() -> None:
            while not self._stop.wait(every_s):
                try:
                    do()
                except Exception:
                    log.exception("sandbox.stumbled", who=name)
                    self._stop.wait(AFTER_A_FAILURE_S)

        thread = threading.Thread(target=again, name=f"sandbox-{name}", daemon=True)
        self._threads.append(thread)
        thread.start()


def _live(buyers: Buyers) -> None:
    buyers.shop()
    buyers.think_again()
