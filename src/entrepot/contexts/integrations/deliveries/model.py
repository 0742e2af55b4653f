"""What is sent to apps, and when it is sent again."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from entrepot.contexts.integrations.model import AppId
from entrepot.contexts.merchants import ShopId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id

# How long after each failed attempt the next one is made; together a day, then it is given up.
PAUSES = tuple(
    timedelta(seconds=s)
    for s in (5, 15, 60, 300, 900, 3_600, 7_200, 14_400, 14_400, 21_600, 21_600)
)
GIVEN_UP_AFTER = timedelta(hours=24)
LEASED_FOR = timedelta(seconds=10)
TRUSTED_UNTIL = 5  # Failures of an endpoint one after another; then its breaker opens.
OPEN_AT_FIRST, OPEN_AT_MOST = timedelta(seconds=5), timedelta(minutes=5)
DELIVERED_KEPT, DEAD_KEPT = timedelta(days=7), timedelta(days=30)


class DeliveryId(Id):
    __slots__ = ()


class QueueId(Id):
    __slots__ = ()


class NoticeId(Id):
    """What receivers know a notice by; the same for every app that it is sent to."""

    __slots__ = ()


class DeliveryState(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"  # Given up; can be replayed.
    DROPPED = "dropped"  # The app was shut out before it was sent.


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """An app that wants to hear of a kind of event in a shop, and where."""

    app_id: AppId
    shop_id: ShopId
    organisation_id: OrganisationId
    event: str
    address: str
    scopes: frozenset[str]
    live: bool  # Whether the organisation lets it in at this moment.


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDelivery:
    """A notice as it is to be sent to one listener."""

    to: Listener
    notice_id: NoticeId
    subject: Id  # Of what the order is kept.
    body: str
    farewell: bool = False  # It is sent although the app was shut out: it says just that.


@dataclass(frozen=True, slots=True, kw_only=True)
class Leased:
    """A queue that its holder sends for until the lease ends."""

    id: QueueId
    app_id: AppId
    address: str
    app_key: str
    generation: int  # Of the app's secret.
    failures: int

    @property
    def is_suspect(self) -> bool:
        """Whether its breaker was open: one delivery shows whether it answers again."""
        return self.failures >= TRUSTED_UNTIL


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What is to be sent now."""

    id: DeliveryId
    queue_id: QueueId
    subject: int
    body: bytes
    attempts: int
    told_at: datetime
    overtaken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of posting something: a status, or why there is none."""

    status: int | None
    latency_ms: int
    reason: str = ""

    @property
    def took_it(self) -> bool:
        """Whether the other side said that it has it."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What became of a delivery, and what shall become of it."""

    id: DeliveryId
    state: DeliveryState
    attempts: int
    due_at: datetime
    answer: Answer
    overtaken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A leased queue as its holder sees it after its last attempts."""

    id: QueueId
    failures: int
    open_until: datetime | None
    busy: bool  # Something of it is in hand.


@dataclass(frozen=True, slots=True)
class Turn:
    """What a sender hands in when it asks for more."""

    holder: str
    at: datetime
    attempts: tuple[Attempt, ...] = ()
    held: tuple[Held, ...] = ()  # All that it leases; what is open is given back.
    rooms: Mapping[QueueId, int] = field(default_factory=dict)  # What it takes more of.
    busy: tuple[tuple[QueueId, int], ...] = ()  # Subjects of those that it has in hand.
    queues: int = 0  # How many more it would lease.
    room: int = 0  # In each of those.
    leaves: bool = False  # It gives everything back.


@dataclass(frozen=True, slots=True)
class Work:
    """What it gets."""

    leased: tuple[Leased, ...] = ()  # In addition.
    lost: frozenset[QueueId] = frozenset()  # Its lease was over: somebody else has them.
    done: frozenset[QueueId] = frozenset()  # Nothing is left to do: given back.
    waiting: tuple[Waiting, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A line of the log."""

    id: DeliveryId
    app_id: AppId
    organisation_id: OrganisationId
    shop_id: ShopId | None
    event: str
    notice_id: NoticeId
    address: str
    state: DeliveryState
    attempts: int
    told_at: datetime
    due_at: datetime
    status: int | None
    latency_ms: int | None
    reason: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which lines of the log; what is none is not asked for."""

    app_id: AppId | None = None
    state: DeliveryState | None = None
    event: str | None = None
    told_from: datetime | None = None
    told_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How deliveries fare on the whole."""

    pending: int
    dead: int
    oldest_at: datetime | None  # Of those that wait.
    open_queues: int


def signer(key: str, secret: str) -> Callable[[bytes], str]:
    """Signs bodies for an app, which proves to it that they are from here and meant for it."""
    begun = hmac.new(secret.encode(), key.encode(), hashlib.sha256)

    def sign(body: bytes) -> str:
        mac = begun.copy()
        mac.update(body)
        return mac.hexdigest()

    return sign


def after(waiting: Waiting, answer: Answer, at: datetime) -> Attempt:
    """What becomes of a delivery: done, tried again later, or given up."""
    attempts = waiting.attempts + 1
    state, due_at = DeliveryState.PENDING, at
    if answer.took_it:
        state = DeliveryState.DELIVERED
    elif attempts > len(PAUSES) or at - waiting.told_at >= GIVEN_UP_AFTER:
        state = DeliveryState.DEAD
    else:
        due_at = at + PAUSES[attempts - 1]
    return Attempt(id=waiting.id, state=state, attempts=attempts, due_at=due_at, answer=answer)


def open_for(failures: int) -> timedelta | None:
    """How long an endpoint is left alone that failed so often; none while it is trusted."""
    if failures < TRUSTED_UNTIL:
        return None
    doublings = min(failures - TRUSTED_UNTIL, 10)
    return min(OPEN_AT_MOST, OPEN_AT_FIRST * (1 << doublings))
