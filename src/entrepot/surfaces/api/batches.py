"""Quotes, checkouts and payments as batches: who waits together shares a unit of work."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from entrepot.adapters.payments.sandbox import NAME as SANDBOX
from entrepot.contexts import orders, payments
from entrepot.contexts.orders import GroupId, Quote, QuoteId
from entrepot.contexts.payments import Beginning, Call
from entrepot.flows import paying, placing, quoting
from entrepot.flows.paying import Paid
from entrepot.flows.placing import Begun, Checkout
from entrepot.flows.quoting import QuoteWish
from entrepot.kernel.problems import KeyReused, Problem
from entrepot.kernel.tx import Tx
from entrepot.surfaces.intake import Batcher
from entrepot.surfaces.parts import Parts

from .visitors import Door, Visitor


class OfSomebody(Protocol):
    """An ask that says whose it is."""

    @property
    def visitor(self) -> Visitor: ...


A = TypeVar("A", bound=OfSomebody)
B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class QuoteAsk:
    """Somebody's basket."""

    visitor: Visitor
    wish: QuoteWish


@dataclass(frozen=True, slots=True)
class CheckoutAsk:
    """Somebody's wish to buy what was quoted."""

    visitor: Visitor
    checkout: Checkout


@dataclass(frozen=True, slots=True)
class PayAsk:
    """A group whose payment begins now, or has begun with a call that is to be made."""

    group_id: GroupId
    method: str  # Another one after a decline.
    call: Call | None = None


@dataclass(frozen=True)
class Batches:
    """The three queues of a process."""

    parts: Parts
    quotes: Batcher[QuoteAsk, Quote]
    checkouts: Batcher[CheckoutAsk, Begun]
    payments: Batcher[PayAsk, Paid]

    @classmethod
    def open(cls, parts: Parts, door: Door) -> "Batches":
        """Start their threads; call it inside the event loop."""
        work = Work(parts, door)
        return cls(
            parts=parts,
            quotes=Batcher("quotes", work.quote, fingerprint=_basket),
            checkouts=Batcher("checkouts", work.place, fingerprint=_quoted),
            payments=Batcher("payments", work.pay, fingerprint=lambda ask: ask.group_id),
        )

    def close(self) -> None:
        """Answer what waits and stop, the last step first to be free of new work."""
        for batcher in (self.quotes, self.checkouts, self.payments):
            batcher.close()


@dataclass(frozen=True)
class Work:
    """What a batch does, on the thread of its queue."""

    parts: Parts
    door: Door

    def quote(self, asks: Sequence[QuoteAsk]) -> list[Quote | Problem]:
        """Price baskets."""

        def price(tx: Tx, ours: Sequence[QuoteAsk]) -> list[Quote | Problem]:
            buyer = tx.actor.in_person
            return quoting.quote(tx, [replace(ask.wish, buyer_id=buyer) for ask in ours])

        # A quote promises nothing that a checkout, which is durable, would not ask again.
        return self._by_visitor("quotes.quote", asks, price, durable=False)

    def place(self, asks: Sequence[CheckoutAsk]) -> list[Begun | Problem]:
        """Place quotes; the quote is the key, and another body under it is refused."""
        return self._by_visitor("checkouts.place", asks, _placed)

    def pay(self, asks: Sequence[PayAsk]) -> list[Paid]:
        """Ask the providers of payments, and write down what they say."""
        work, who = self.parts.work, self.parts.platform("checkouts.pay")
        calls = {ask.group_id: ask.call for ask in asks if ask.call is not None}
        methods = {ask.group_id: ask.method for ask in asks if ask.group_id not in calls}
        awaited: list[Call] = []
        if methods:
            begun, awaited = work.run(who, "payments.begin", lambda tx: _begun(tx, methods))
            calls |= {GroupId(call.group_id): call for call in begun}
        asked = [*calls.values()]
        outcomes = payments.ask(self.parts.providers, asked)
        outcomes += payments.look_up(self.parts.providers, awaited)
        answers = [
            payments.Answer(call, outcome)
            for call, outcome in zip(asked + awaited, outcomes, strict=True)
        ]
        groups = {ask.group_id for ask in asks}
        paid = work.run(who, "payments.record", lambda tx: paying.pay(tx, answers, groups))
        return [paid[ask.group_id] for ask in asks]

    def _by_visitor(
        self,
        name: str,
        asks: Sequence[A],
        do: Callable[[Tx, Sequence[A]], list[B | Problem]],
        *,
        durable: bool = True,
    ) -> list[B | Problem]:
        """One unit of work for all guests, and one for each who has signed in."""
        places: dict[Visitor, list[int]] = {}
        for n, ask in enumerate(asks):
            places.setdefault(ask.visitor, []).append(n)
        outcomes: dict[int, B | Problem] = {}
        for visitor, theirs in places.items():
            ours = [asks[n] for n in theirs]
            try:
                who, work = self.door.who(visitor), _with(do, ours)
                done = self.parts.work.run(who, name, work, durable=durable)
            except Problem as refusal:  # Of the credential: all its asks share it.
                done = [refusal for _ in ours]
            outcomes |= dict(zip(theirs, done, strict=True))
        return [outcomes[n] for n in range(len(asks))]


def _with(
    do: Callable[[Tx, Sequence[A]], list[B | Problem]], ours: Sequence[A]
) -> Callable[[Tx], list[B | Problem]]:
    return lambda tx: do(tx, ours)


def is_batched(provider: str) -> bool:
    """Whether a provider answers n calls as fast as one; others are called one by one."""
    return provider == SANDBOX


def _begun(tx: Tx, methods: Mapping[GroupId, str]) -> tuple[list[Call], list[Call]]:
    """Calls to make: of payments that begin now, and those that somebody began who may be gone.

    And calls to look up: those that wait for the buyer, who asks what for.
    """
    wishes = [Beginning(group_id=id, method=method) for id, method in methods.items()]
    outcomes = payments.begin(tx, wishes)
    waiting = [
        id
        for id, outcome in zip(methods, outcomes, strict=True)
        if isinstance(outcome, payments.PaymentUnderWay)
    ]
    found = [outcome for outcome in outcomes if isinstance(outcome, Call)]
    if not waiting:
        return found, []
    return found + payments.under_way(tx, waiting), payments.awaited(tx, waiting)


def _placed(tx: Tx, asks: Sequence[CheckoutAsk]) -> list[Begun | Problem]:
    """Each quote is one order: whoever asks again with the same body gets it again."""
    first: dict[QuoteId, Checkout] = {}
    outcomes: dict[int, Begun | Problem] = {}
    going: dict[int, Checkout] = {}
    for n, ask in enumerate(asks):
        placing_ = ask.checkout.placing
        if first.setdefault(placing_.quote_id, ask.checkout).placing != placing_:
            outcomes[n] = _reused()
        else:
            going[n] = ask.checkout
    done = placing.place_and_begin(tx, [*going.values()])
    outcomes |= dict(zip(going, done, strict=True))
    again = {
        found.group.id: going[n].placing.recipient
        for n, found in outcomes.items()
        if isinstance(found, Begun) and found.again
    }
    foreign = _told_otherwise(tx, again)
    return [
        _reused() if isinstance(outcome, Begun) and outcome.group.id in foreign else outcome
        for outcome in (outcomes[n] for n in range(len(asks)))
    ]


def _told_otherwise(tx: Tx, again: Mapping[GroupId, orders.Recipient]) -> set[GroupId]:
    """Groups that were placed for somebody else than who asks for them now."""
    if not again:
        return set()
    whole = replace(tx, actor=replace(tx.actor, signed=frozenset(again)))
    kept = orders.recipients(whole, orders.of_groups(tx, again.keys()))
    return {id for id, told in again.items() if kept.get(id) != told}


def _reused() -> Problem:
    return KeyReused("this quote was placed with another buyer or address")


def _basket(ask: QuoteAsk) -> tuple[object, ...]:
    return ask.wish.market, ask.wish.items, ask.wish.coupon_codes


def _quoted(ask: CheckoutAsk) -> QuoteId:
    return ask.checkout.placing.quote_id
