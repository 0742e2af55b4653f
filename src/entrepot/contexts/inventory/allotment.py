"""Who gets what: the decision about a batch of wants, on shelves that are locked."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from .model import Hold, LineKey, PositionId, Shelf, Want
from .problems import SoldOut

Taken = list[tuple[Want, PositionId, int]]


def allot(
    wants: Sequence[Want], shelves: Sequence[Shelf], rounds: Mapping[LineKey, int]
) -> tuple[list[SoldOut | None], list[Hold]]:
    """Serve groups in the order of their first want, each whole or not at all.

    A want may be served from several positions, the lower id first. Of a group that is refused,
    wants that could have been met carry the refusal of the first that could not.
    """
    stock = _Stock(shelves)
    groups: dict[tuple[bool, int], list[int]] = defaultdict(list)
    for place, want in enumerate(wants):
        groups[want.together].append(place)
    outcomes: list[SoldOut | None] = [None] * len(wants)
    taken: Taken = []
    for places in groups.values():
        got, short = stock.take([wants[place] for place in places])
        taken += got
        if short:
            first = short[min(short)]
            for n, place in enumerate(places):
                outcomes[place] = short.get(n, first)
    return outcomes, [_hold(*part, rounds) for part in taken]


class _Stock:
    """What is free, while a batch is decided."""

    def __init__(self, shelves: Sequence[Shelf]) -> None:
        self._of: dict[int, list[Shelf]] = defaultdict(list)
        self._free: dict[PositionId, int] = {}
        for shelf in sorted(shelves, key=lambda shelf: shelf.position_id):
            self._of[shelf.sku_id].append(shelf)
            self._free[shelf.position_id] = shelf.free

    def take(self, group: Sequence[Want]) -> tuple[Taken, dict[int, SoldOut]]:
        """What serves a group, or why it is not served, by the place of the want in it."""
        taken: Taken = []
        short: dict[int, SoldOut] = {}
        before = {want.sku_id: self._available(want) for want in group}
        for n, want in enumerate(group):
            parts = self._parts(want)
            if sum(quantity for _, quantity in parts) < want.quantity:
                short[n] = SoldOut(want.sku_id, before[want.sku_id])
                continue
            for position_id, quantity in parts:
                self._free[position_id] -= quantity
                taken.append((want, position_id, quantity))
        if short:
            for _, position_id, quantity in taken:
                self._free[position_id] += quantity
            return [], short
        return taken, short

    def _available(self, want: Want) -> int:
        return sum(self._free[shelf.position_id] for shelf in self._serving(want))

    def _serving(self, want: Want) -> list[Shelf]:
        return [shelf for shelf in self._of[want.sku_id] if shelf.serves(want)]

    def _parts(self, want: Want) -> list[tuple[PositionId, int]]:
        parts: list[tuple[PositionId, int]] = []
        left = want.quantity
        for shelf in self._serving(want):
            part = min(left, self._free[shelf.position_id])
            if part > 0:
                parts.append((shelf.position_id, part))
                left -= part
        return parts


def _hold(
    want: Want, position_id: PositionId, quantity: int, rounds: Mapping[LineKey, int]
) -> Hold:
    return Hold(
        order_id=want.order_id,
        pos=want.pos,
        round=rounds.get((int(want.order_id), want.pos), 1),
        position_id=position_id,
        quantity=quantity,
        expires_at=want.expires_at,
    )
