"""Who may sell, and what."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from entrepot.rulebook.rows import RuleRow, Selector


class Entity(BaseModel):
    """A company that may open a shop: registered here, if need be held from there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    country: str
    held_from: tuple[str, ...] = ()
    held_above_bp: int = 0

    def admits(self, country: str, holdings_bp: Mapping[str, int]) -> bool:
        """Whether a company of a country, held in these parts from these countries, may come."""
        held_bp = sum(holdings_bp.get(holder, 0) for holder in self.held_from)
        return country == self.country and (not self.held_from or held_bp > self.held_above_bp)


class Admission(RuleRow):
    """Kind `category`: how a category is opened. Kind `shop`: which companies may open a shop."""

    topic: ClassVar[str] = "admission"
    selectors: ClassVar[tuple[Selector, ...]] = RuleRow.selecting(Selector("kind"))

    kind: Literal["category", "shop"]
    access: Literal["open", "apply", "invite_only"]
    proofs: tuple[str, ...] = ()
    entities: tuple[Entity, ...] = ()  # None: every company.
    deposit_minor: int = 0
    deposit_days: int = 30

    def admits(self, country: str, holdings_bp: Mapping[str, int]) -> bool:
        """Whether a company may open a shop here."""
        allowed = (entity.admits(country, holdings_bp) for entity in self.entities)
        return not self.entities or any(allowed)
