"""What one action changes in the books of stock: gathered here, written together."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from .model import Cost, Draw, Layer, LineKey, PositionId, Reservation


@dataclass(frozen=True, slots=True)
class LineChange:
    """How much more of a reservation was shipped, released, returned."""

    reservation: Reservation
    shipped: int = 0
    released: int = 0
    returned: int = 0
    released_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Movement:
    position_id: PositionId
    kind: str
    quantity: int
    reference: str
    moved_at: datetime


@dataclass(frozen=True, slots=True)
class NewLayer:
    position_id: PositionId
    quantity: int
    unit_cost_minor: int
    laid_at: datetime


@dataclass(slots=True)
class Books:
    """Changes of positions, reservations, movements and layers that belong together."""

    at: datetime
    lines: list[LineChange] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)
    on_hand: Counter[PositionId] = field(default_factory=Counter)
    reserved: Counter[PositionId] = field(default_factory=Counter)
    drawn: Counter[int] = field(default_factory=Counter)  # By layer.
    draws: list[tuple[LineKey, PositionId, int, int]] = field(default_factory=list)
    given_back: Counter[int] = field(default_factory=Counter)  # By draw.
    layers: list[NewLayer] = field(default_factory=list)
    costs: dict[LineKey, Cost] = field(default_factory=dict)

    def free(self, part: Reservation, quantity: int, at: datetime) -> None:
        """Give up a part of a reservation."""
        self.lines.append(LineChange(part, released=quantity, released_at=at))
        self.reserved[part.position_id] -= quantity

    def ship(self, part: Reservation, quantity: int, layers: "Layers") -> None:
        """Let reserved units go; bought-out ones use up the oldest layers."""
        self.lines.append(LineChange(part, shipped=quantity))
        self.reserved[part.position_id] -= quantity
        self.move(part.position_id, "shipped", -quantity, _order(part))
        if part.currency is None:
            return
        for layer, units in layers.draw(part.position_id, quantity):
            self.drawn[layer.id] += units
            self.draws.append((part.line, part.position_id, units, layer.unit_cost_minor))
            self._add_cost(part, units * layer.unit_cost_minor)

    def take_back(self, part: Reservation, quantity: int, draws: Iterable[Draw]) -> None:
        """Put shipped units back on hand, bought-out ones at what they had cost."""
        self.lines.append(LineChange(part, returned=quantity))
        self.move(part.position_id, "returned", quantity, _order(part))
        if part.currency is None:
            return
        for draw in draws:
            units = min(quantity, draw.out - self.given_back[draw.id])
            if units > 0:
                quantity -= units
                self.given_back[draw.id] += units
                self.lay(part.position_id, units, draw.unit_cost_minor)
                self._add_cost(part, units * draw.unit_cost_minor)
        assert quantity == 0, f"line {part.line} was shipped without a cost"

    def move(self, position_id: PositionId, kind: str, quantity: int, reference: str) -> None:
        """Change what is on hand."""
        self.on_hand[position_id] += quantity
        self.movements.append(Movement(position_id, kind, quantity, reference, self.at))

    def lay(self, position_id: PositionId, quantity: int, unit_cost_minor: int) -> None:
        """Put bought-out units on top of the layers."""
        self.layers.append(NewLayer(position_id, quantity, unit_cost_minor, self.at))

    def _add_cost(self, part: Reservation, minor: int) -> None:
        assert part.currency is not None
        known = self.costs.get(part.line, Cost(0, part.currency))
        assert known.currency is part.currency, f"line {part.line} has costs in two currencies"
        self.costs[part.line] = Cost(known.minor + minor, part.currency)


class Layers:
    """Open layers of locked positions, the oldest first, used up while an action is decided."""

    def __init__(self, layers: Iterable[Layer]) -> None:
        self._left: dict[int, int] = {}
        self._of: dict[PositionId, list[Layer]] = defaultdict(list)
        for layer in layers:
            self._left[layer.id] = layer.remaining
            self._of[layer.position_id].append(layer)

    def draw(self, position_id: PositionId, quantity: int) -> list[tuple[Layer, int]]:
        """Take units from the oldest layers on."""
        parts: list[tuple[Layer, int]] = []
        open_layers = self._of[position_id]
        while quantity:
            assert open_layers, f"position {position_id} has fewer layers than goods"
            layer = open_layers[0]
            units = min(quantity, self._left[layer.id])
            parts.append((layer, units))
            quantity -= units
            self._left[layer.id] -= units
            if not self._left[layer.id]:
                open_layers.pop(0)
        return parts


def _order(part: Reservation) -> str:
    return f"order:{part.order_id}/{part.pos}"
