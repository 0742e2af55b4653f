"""How parcels can travel in a market: carriers, and the options that buyers are promised."""

import re
from typing import ClassVar, Literal

from pydantic import field_validator

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
    max_weight_g: int | None = None
    max_length_mm: int | None = None
    max_width_mm: int | None = None
    max_height_mm: int | None = None
