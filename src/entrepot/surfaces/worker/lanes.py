"""What a courier has in hand of one queue: chains of one subject each, and how it fares there."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from entrepot.contexts import integrations

deliveries = integrations.deliveries

NARROW, WIDE = 4, 32  # How many posts to one endpoint are under way at a time.
ROOM = 100  # Deliveries of one queue in hand.


@dataclass(slots=True)
class Lane:
    """One leased queue. More is sent at a time while the endpoint answers well."""

    of: integrations.deliveries.Leased
    sign: Callable[[bytes], str]
    failures: int = 0
    open_until: datetime | None = None
    width: int = NARROW
    under_way: int = 0
    in_hand: int = 0
    chains: dict[int, deque[integrations.deliveries.Waiting]] = field(default_factory=dict)
    ready: deque[int] = field(default_factory=deque)  # Subjects of which nothing is under way.

    def take(self, waiting: Sequence[integrations.deliveries.Waiting]) -> None:
        """More to send, in its order."""
        for one in waiting:
            if one.subject not in self.chains:
                self.chains[one.subject] = deque()
                self.ready.append(one.subject)
            self.chains[one.subject].append(one)
        self.in_hand += len(waiting)

    def starting(self, at_most: int) -> Iterator[integrations.deliveries.Waiting]:
        """What is to be sent at once: of each subject the first that waits."""
        while self.ready and at_most > 0 and self.under_way < self.width and not self.is_open:
            self.under_way += 1
            at_most -= 1
            yield self.chains[self.ready.popleft()][0]

    def ended(
        self, one: integrations.deliveries.Waiting, attempt: integrations.deliveries.Attempt
    ) -> None:
        """What follows may be sent if this one is settled; else all of its subject waits."""
        self.under_way -= 1
        chain = self.chains[one.subject]
        chain.popleft()
        self.in_hand -= 1
        if attempt.state is deliveries.DeliveryState.PENDING and not attempt.overtaken:
            self.in_hand -= len(chain)
            chain.clear()
        if chain:
            self.ready.append(one.subject)
        else:
            del self.chains[one.subject]

    def judge(self, *, took_it: bool, at: datetime) -> None:
        """Open the breaker after some failures in a row; send more after successes."""
        if took_it:
            self.failures, self.width = 0, min(WIDE, self.width + 1)
            return
        self.failures, self.width = self.failures + 1, max(1, self.width // 2)
        rest = deliveries.open_for(self.failures)
        self.open_until = None if rest is None else at + rest

    @property
    def is_open(self) -> bool:
        """Whether nothing more is sent before the breaker closes."""
        return self.open_until is not None

    @property
    def is_over(self) -> bool:
        """Whether the queue can be given back with all that still waits: it is open and still."""
        return self.is_open and self.under_way == 0

    @property
    def room(self) -> int:
        """How much more to take; of an endpoint that is on trial one at a time."""
        if self.is_open or self.in_hand > ROOM // 2:
            return 0
        if deliveries.open_for(self.failures) is not None:
            return 0 if self.in_hand else 1
        return ROOM - self.in_hand
