"""What every surface of a process is made of; put together once, in `entrepot.main`."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from sqlalchemy import Engine

from entrepot.adapters.postgres import Embedded
from entrepot.contexts import catalog, files, integrations, payments, settlement
from entrepot.kernel.access import Actor, Who, platform
from entrepot.kernel.clock import Clock, MovableTime
from entrepot.kernel.events import Subscriber
from entrepot.kernel.jobs import Queue
from entrepot.kernel.tx import UnitOfWork
from entrepot.rulebook import Rulebook
from entrepot.settings import Settings

Purpose = Literal["web", "worker", "tool"]
APP_SECRETS, CIPHERS = "partner-app", "shop-cipher"  # What several surfaces make and read.


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """A key for each thing that is signed, so that no signature passes for another's."""

    secret: bytes

    def of(self, purpose: str) -> bytes:
        """The key for one purpose, such as `click`, `order-link` or `sandbox-webhook`."""
        return _derived(self.secret, purpose)


@cache  # A process has one secret, and a purpose is a constant: requests ask for them again.
def _derived(secret: bytes, purpose: str) -> bytes:
    return hmac.digest(secret, f"entrepot:{purpose}".encode(), hashlib.sha256)


@dataclass(frozen=True, slots=True)
class Parts:
    """One process: its settings, database, clock, rules, and the outside world."""

    settings: Settings
    engine: Engine
    clock: Clock
    rules: Rulebook
    queue: Queue
    work: UnitOfWork
    providers: Mapping[str, payments.Provider]
    payout_providers: Mapping[str, settlement.PayoutProvider]
    rates: settlement.Rates
    storage: files.Storage
    engines: Mapping[catalog.pictures.Work, catalog.pictures.Engine]  # Those that there are.
    office: integrations.deliveries.PostOffice  # By which webhooks are sent.
    subscribers: tuple[Subscriber, ...]  # All who read the log.
    keys: SigningKeys
    database_url: str
    server: Embedded | None  # The embedded server, if it is this process that keeps it up.
    close: Callable[[], None]

    @property
    def is_sandbox(self) -> bool:
        """Whether business time may be moved and carriers are played."""
        return isinstance(self.clock, MovableTime)

    def platform(self, job: str) -> Who:
        """The platform itself, as the one who asks for a unit of work."""
        actor: Actor = platform(job)
        return lambda _: actor
