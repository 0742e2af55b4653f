"""Who gets what: the decision about a batch of wants, on shelves that are locked."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from .model import Hold, LineKey, PositionId, Shelf, Want
from .problems import SoldOut

Parts = list[tuple[PositionId, int]]


def allot(
    wants: Sequence[Want], shelves: Sequence[Shelf], rounds: Mapping[LineKey, int]
) -> tuple[list[SoldOut | None], list[Hold]]:
    """Serve groups in the order of their first want, each whole or not at all.

    A want may be served from several positions, the lower id first. Of a group that is refused,
    wants that could have been met carry the refusal of the first that could not.
    """
    stock = _Stock(shelves)
    groups: dict[tuple[bool, int], list[int]] = {}
    for place, want in enumerate(wants):
        groups.setdefault(want.together, []).append(place)
    outcomes: list[SoldOut | None] = [None] * len(wants)
    holds: list[Hold] = []
    for places in groups.values():
        parts = [stock.take(wants[place]) for place in places]
        if None not in parts:
            for place, served in zip(places, parts, strict=True):
                holds += _holds(wants[place], served or [], rounds)
            continue
        for served in parts:
            stock.put_back(served or [])
        refusals = {
            place: SoldOut(wants[place].sku_id, stock.available(wants[place]))
            for place, served in zip(places, parts, strict=True)
            if served is None
        }
        first = refusals[min(refusals)]
        for place in places:
            outcomes[place] = refusals.get(place, first)
    return outcomes, holds


class _Stock:
    """What is free, while a batch is decided."""

    def __init__(self, shelves: Sequence[Shelf]) -> None:
        self._of: dict[int, list[Shelf]] = defaultdict(list)
        self._free = {shelf.position_id: shelf.free for shelf in shelves}
        for shelf in sorted(shelves, key=lambda shelf: shelf.position_id):
            self._of[shelf.sku_id].append(shelf)

    def take(self, want: Want) -> Parts | None:
        """What serves a want whole; nothing is taken if that is too little."""
        parts: Parts = []
        left = want.quantity
        for shelf in self._of[want.sku_id]:
            free = self._free[shelf.position_id]
            if free > 0 and shelf.serves(want):
                part = min(left, free)
                parts.append((shelf.position_id, part))
                self._free[shelf.position_id] = free - part
                left -= part
                if not left:
                    return parts
        self.put_back(parts)
        return None

    def put_back(self, parts: Parts) -> None:
        """Free again what was taken."""
        for position_id, quantity in parts:
            self._free[position_id] += quantity

    def available(self, want: Want) -> int:
        """How much there is for a want."""
        serving = (shelf for shelf in self._of[want.sku_id] if shelf.serves(want))
        return sum(self._free[shelf.position_id] for shelf in serving)


def _holds(want: Want, parts: Parts, rounds: Mapping[LineKey, int]) -> list[Hold]:
    round_ = rounds.get((int(want.order_id), want.pos), 1) if rounds else 1
    return [
        Hold(
            order_id=want.order_id,
            pos=want.pos,
            round=round_,
            position_id=position_id,
            quantity=quantity,
            expires_at=want.expires_at,
        )
        for position_id, quantity in parts
    ]
