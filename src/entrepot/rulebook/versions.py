"""One rule file, read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from .problems import NoRuleFits
from .rows import Case, RuleRow

R = TypeVar("R", bound=RuleRow)


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
    file: str  # Where it was read, for people.

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
        found = self._nearest(case)
        if found is None:
            said = ", ".join(f"{key} = {value}" for key, value in case.items())
            raise NoRuleFits(f"{self.ref} has no row for {said or 'a case'}", rule=self.ref)
        return found

    def each(self, case: Case, by: str) -> list[R]:
        """For every value of `by` in the file's order, the most specific row that fits, if any."""
        values = dict.fromkeys(getattr(row, by) for row in self.rows)
        found = {value: self._nearest({**case, by: value}) for value in values}
        return [row for value, row in found.items() if row and getattr(row, by) == value]

    def _nearest(self, case: Case) -> R | None:
        absent = [key for key in type(self.rows[0]).needed() if key not in case]
        assert not absent, f"a case for {self.topic} has to say {', '.join(absent)}"
        fitting = [(row.nearness(case), row) for row in self.rows]
        ranked = [(nearness, row) for nearness, row in fitting if nearness is not None]
        return max(ranked, key=lambda pair: pair[0])[1] if ranked else None
