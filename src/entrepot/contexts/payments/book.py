"""What a batch of answers makes of attempts, payments and refunds; read once, saved once."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from entrepot.kernel.events import Event, emit
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.problems import NotFound, Problem
from entrepot.kernel.tx import Tx

from . import store
from .model import Attempt, Intent, IntentId, Outcome, Refund, RefundId
from .outcomes import Standing, settle


@dataclass(slots=True)
class Book:
    """Holds the intents until the end; later answers of a batch meet what earlier ones did."""

    attempts: dict[str, Attempt]
    intents: dict[IntentId, Intent]
    refunds: dict[RefundId, Refund]
    before: dict[IntentId, Intent]
    touched: set[str] = field(default_factory=set)
    facts: list[Event] = field(default_factory=list)

    @staticmethod
    def of(tx: Tx, keys: Collection[str]) -> "Book":
        """Hold the intents that these keys are about, then read what they hold."""
        attempts, intents = store.behind(tx, keys)
        found = {attempt.call.refund_id for attempt in attempts.values()}
        refund_ids = {id for id in found if id is not None}
        refunds = store.refunds_by_id(tx, refund_ids) if refund_ids else {}
        return Book(attempts, intents, refunds, before=dict(intents))

    def enter(self, key: str, outcome: Outcome, at: datetime) -> Intent | Problem:
        """The intent after an answer; `IllegalMove` if the answer cannot be true."""
        attempt = self.attempts.get(key)
        if attempt is None:
            return NotFound("attempt", key)
        refund_id = attempt.call.refund_id
        now = Standing(
            attempt=attempt,
            intent=self.intents[attempt.call.intent_id],
            refund=None if refund_id is None else self.refunds[refund_id],
        )
        try:
            after = settle(now, outcome, at)
        except IllegalMove as refusal:
            return refusal
        if after != now:
            self._keep(key, after)
        return after.intent

    def save(self, tx: Tx) -> None:
        """Write what changed and tell it."""
        if not self.touched:
            return
        changed = [self.attempts[key] for key in self.touched]
        refund_ids = {attempt.call.refund_id for attempt in changed}
        moved = [(self.before[id], self.intents[id]) for id in self.intents]
        store.save_outcomes(tx, moved, changed)
        store.save_refunds(tx, [self.refunds[id] for id in refund_ids if id is not None])
        emit(tx, self.facts)

    def _keep(self, key: str, after: Standing) -> None:
        self.touched.add(key)
        self.attempts[key] = after.attempt
        self.intents[after.intent.id] = after.intent
        if after.refund is not None:
            self.refunds[after.refund.id] = after.refund
        self.facts.extend(after.facts)
