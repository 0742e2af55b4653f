"""How parcels can travel in a market: carriers, and the options that buyers are promised."""

import re
from datetime import time
from typing import Annotated, ClassVar, Literal, NamedTuple

from pydantic import BeforeValidator, field_validator

from entrepot.rulebook.rows import RuleRow, Selector

from .modes import Side


class Carrier(RuleRow):
    """Somebody who brings parcels."""

    topic: ClassVar[str] = "carriers"
    selectors: ClassVar[tuple[Selector, ...]] = RuleRow.selecting(Selector("key"))

    key: str  # What parcels keep.
    id: int  # What other systems call it; once given, it stays.
    name: str
    tracking: str  # What a whole tracking number looks like.
    own_fleet: bool = False  # The seller's own people: nobody but the seller tells of its parcels.
    site: str | None = None  # Where buyers follow a parcel; `{number}` stands for its number.

    @field_validator("tracking")
    @classmethod
    def _is_pattern(cls, tracking: str) -> str:
        try:
            re.compile(tracking)
        except re.error as error:
            raise ValueError(f"{tracking} is no regular expression: {error}") from error
        return tracking

    def knows(self, number: str) -> bool:
        """Whether a tracking number can be one of its own."""
        return re.fullmatch(self.tracking, number) is not None


class Window(NamedTuple):
    """A part of a day, by the market's clock."""

    start: time
    end: time


def _window(said: object) -> object:
    """Read `09:00-13:00`."""
    if not isinstance(said, str):
        return said
    start, _, end = said.partition("-")
    window = Window(time.fromisoformat(start), time.fromisoformat(end))
    if window.start >= window.end:
        raise ValueError(f"{said} ends before it begins")
    return window


Windowed = Annotated[Window, BeforeValidator(_window)]


class DeliveryOption(RuleRow):
    """A way to the buyer, and what fits into it."""

    topic: ClassVar[str] = "delivery"
    selectors: ClassVar[tuple[Selector, ...]] = RuleRow.selecting(Selector("option"))

    option: str
    id: int
    name: str
    kind: Literal["standard", "express", "economy", "by_seller"]
    description: str
    ships: Side  # Who chooses the carrier and makes the label.
    carriers: tuple[str, ...]  # Their keys, the usual one first.
    pickup_windows: tuple[Windowed, ...] = ()  # When the carrier fetches on a business day, rising.
    pickup_days: int = 0  # Business days beside today on which it can be asked to.
    correctable_h: int = 0  # For how long after labelling a wrong number can be put right.
    max_weight_g: int | None = None
    max_length_mm: int | None = None
    max_width_mm: int | None = None
    max_height_mm: int | None = None
