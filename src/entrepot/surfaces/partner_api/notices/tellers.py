"""From facts to notices: who tells what."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from entrepot.contexts.integrations import AppId
from entrepot.contexts.merchants import ShopId
from entrepot.kernel.events import Event
from entrepot.kernel.ids import Id
from entrepot.kernel.tx import Tx

from .kinds import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What one fact is to one shop, in the dialect's words."""

    fact: Event
    shop_id: ShopId
    data: Mapping[str, Any]
    only_for: AppId | None = None  # Facts about one app are nobody else's affair.
    about: Id | None = None  # Within what the order is kept; else within the fact's subject.

    @property
    def subject(self) -> Id:
        """The resource within which notices keep their order."""
        return self.fact.subject if self.about is None else self.about


Tell = Callable[[Tx, Sequence[Any]], Iterable[Notice]]


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells one kind of webhook from some kinds of facts, for a batch of them."""

    kind: Kind
    of: tuple[type[Event], ...]
    tell: Tell


@dataclass(frozen=True, slots=True)
class Tellers:
    """Those of one area."""

    all: list[Teller] = field(default_factory=list)

    def tell(self, kind: Kind, *of: type[Event]) -> Callable[[Tell], Tell]:
        """Declare that a function tells this kind of webhook from these facts."""

        def declared(tell: Tell) -> Tell:
            self.all.append(Teller(kind, of, tell))
            return tell

        return declared


def seconds(fact: Event) -> int:
    """When it happened, by the business clock."""
    return int(fact.at.timestamp())
