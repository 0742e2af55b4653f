"""Rows of rule files, and how the most specific one is found."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

CaseValue = str | int | Sequence[str] | None
Case = Mapping[str, CaseValue]

FAR = 1 << 60  # Farther than any distance: what a row does not select by.


class Selector:
    """How one field of a row is compared with a case. The smaller the distance, the nearer."""

    ranked: ClassVar[bool] = False  # Whether two values of one selector can both fit a case.

    def __init__(self, field: str, given: str | None = None) -> None:
        self.field = field
        self.given = given or field  # The key of the case that it looks at.

    def distance(self, wanted: object, case: Case) -> int | None:
        """0 if the case has just this value, nothing if it has another one or none."""
        return 0 if case.get(self.given) == wanted else None


class Among(Selector):
    """Fits a value or its ancestors: the case lists them from leaf to root, the nearest wins."""

    ranked = True

    def distance(self, wanted: object, case: Case) -> int | None:
        """The number of steps from the leaf up to the wanted value."""
        given = case.get(self.given)
        chain = given if isinstance(given, Sequence) and not isinstance(given, str) else [given]
        return [*chain].index(wanted) if wanted in chain else None


class Below(Selector):
    """Fits as long as the case's number is smaller; the tightest bound wins."""

    ranked = True

    def distance(self, wanted: object, case: Case) -> int | None:
        """The bound itself."""
        given = case.get(self.given)
        fits = isinstance(given, int) and isinstance(wanted, int) and given < wanted
        return wanted if fits and isinstance(wanted, int) else None


class AtLeast(Selector):
    """Fits as soon as the case has a number that is as large; the highest bound wins.

    No number is not a small one: it fits no such row.
    """

    ranked = True

    def distance(self, wanted: object, case: Case) -> int | None:
        """The bound, downwards."""
        given = case.get(self.given)
        fits = isinstance(given, int) and isinstance(wanted, int) and given >= wanted
        return -wanted if fits and isinstance(wanted, int) else None


class RuleRow(BaseModel):
    """One row of a rule file. An unset selector fits everything; the most specific row wins."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    topic: ClassVar[str]
    selectors: ClassVar[tuple[Selector, ...]] = (
        Selector("seller_type"),
        Selector("mode"),
        Among("category"),
    )

    seller_type: str | None = None
    mode: str | None = None
    category: str | None = None

    @classmethod
    def selecting(cls, *further: Selector) -> tuple[Selector, ...]:
        """The selectors of every topic, and those of this one."""
        return (*RuleRow.selectors, *further)

    @classmethod
    def needed(cls) -> list[str]:
        """The keys without which a case is incomplete: selectors that every row sets."""
        fields = cls.model_fields
        return [by.given for by in cls.selectors if fields[by.field].default is not None]

    @cached_property
    def chosen_by(self) -> list[tuple[Selector, object]]:
        """The selectors that this row sets, with their values."""
        values = [(by, getattr(self, by.field)) for by in type(self).selectors]
        return [(by, value) for by, value in values if value is not None]

    def nearness(self, case: Case) -> tuple[int, ...] | None:
        """The larger, the more specific; nothing if the row does not fit."""
        distances: dict[str, int] = {}
        for by, wanted in self.chosen_by:
            distance = by.distance(wanted, case)
            if distance is None:
                return None
            distances[by.field] = distance
        ranked = (by.field for by in type(self).selectors if by.ranked)
        return (len(distances), *(-distances.get(field, FAR) for field in ranked))

    def rivals(self, other: "RuleRow") -> bool:
        """Whether some case fits both rows and nothing says which of them is nearer."""
        mine = {by.field: (by, value) for by, value in self.chosen_by}
        theirs = {by.field: value for by, value in other.chosen_by}
        apart = any(mine[field][1] != theirs[field] for field in mine.keys() & theirs.keys())
        return len(mine) == len(theirs) and not apart

    def may_serve(self, known: Mapping[str, str]) -> bool:
        """Whether nothing that is known so far rules this row out."""
        return all(known.get(by.field, value) == value for by, value in self.chosen_by)

    def selected(self) -> str:
        """Its selectors as people read them."""
        return ", ".join(f"{by.field} = {value}" for by, value in self.chosen_by) or "every case"
