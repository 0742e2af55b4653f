"""One rule file, read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from .problems import NoRuleFits
from .rows import Case, RuleRow

R = TypeVar("R", bound=RuleRow)

REMEMBERED = 4096  # Cases per version; a process must not grow with every category it meets.


class Head(BaseModel):
    """What every rule file says beside its rows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    selected_by: Literal["placed", "delivered", "tax_point"]  # Whose market day chooses the file.
    source: str
    mark: Literal["seed", "verified", "weak", "default"]  # Of its weakest row.
    revision: int
    replaces: str | None = None  # Why a later revision corrects an earlier one.


@dataclass(frozen=True)
class Version(Generic[R]):
    """The rule of one topic and market from one day on. Every outcome that it decided names it."""

    id: str  # fees/us/2024-04-01
    first_day: date
    sha256: str
    content: str
    head: Head
    rows: Sequence[R]
    file: str = field(compare=False)  # Where it was read, for people.
    _found: dict[tuple[object, ...], list[R]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @property
    def revision(self) -> int:
        """Counts the corrections of this file, from 1."""
        return self.head.revision

    @property
    def ref(self) -> str:
        """What an outcome stores: `fees/us/2024-04-01@1`."""
        return f"{self.id}@{self.head.revision}"

    @property
    def topic(self) -> str:
        """The first part of the id."""
        return self.id.split("/")[0]

    @property
    def market(self) -> str:
        """The second part of the id; `any` serves the markets that have no file of their own."""
        return self.id.split("/")[1]

    def row(self, case: Case) -> R:
        """The most specific row that fits, such as for `{"category": ("rings", "jewellery")}`."""
        found = self._remembered(None, case)
        if not found:
            said = ", ".join(f"{key} = {value}" for key, value in case.items())
            raise NoRuleFits(f"{self.ref} has no row for {said or 'a case'}", rule=self.ref)
        return found[0]

    def each(self, case: Case, by: str) -> list[R]:
        """For every value of `by` in the file's order, the most specific row that fits, if any."""
        return [*self._remembered(by, case)]

    def looks_at(self, key: str) -> bool:
        """Whether any row asks a case for this, so that whoever asks has to find it out."""
        return key in self._looked_at

    def _remembered(self, by: str | None, case: Case) -> list[R]:
        """Orders come in batches and their cases repeat."""
        asked: tuple[object, ...] = (by, *map(case.get, self._looked_at))
        try:
            found = self._found.get(asked)
        except TypeError:  # A list, as cases come back from JSON.
            asked = tuple(tuple(one) if isinstance(one, list) else one for one in asked)
            found = self._found.get(asked)
        if found is None:
            found = self._nearest(case) if by is None else self._nearest_by(by, case)
            if len(self._found) >= REMEMBERED:
                self._found.clear()
            self._found[asked] = found
        return found

    def _nearest_by(self, by: str, case: Case) -> list[R]:
        values = dict.fromkeys(getattr(row, by) for row in self.rows)
        found = [(value, self._nearest({**case, by: value})) for value in values]
        return [row for value, rows in found for row in rows if getattr(row, by) == value]

    def _nearest(self, case: Case) -> list[R]:
        """The most specific row, alone, or none."""
        absent = [key for key in type(self.rows[0]).needed() if key not in case]
        assert not absent, f"a case for {self.topic} has to say {', '.join(absent)}"
        fitting = [(row.nearness(case), row) for row in self.rows]
        ranked = [(nearness, row) for nearness, row in fitting if nearness is not None]
        return [max(ranked, key=lambda pair: pair[0])[1]] if ranked else []

    @cached_property
    def _looked_at(self) -> list[str]:
        """The keys of a case that any row of this file looks at."""
        return sorted({by.given for row in self.rows for by, _ in row.chosen_by})
