"""Rule files: parsed, checked and told apart, with file, line and cure for whatever is wrong."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from hashlib import sha256
from itertools import combinations
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from .lines import line_of
from .problems import BrokenRules, Finding
from .rows import RuleRow
from .topics import BY_NAME
from .versions import Head, Version

M = TypeVar("M", bound=BaseModel)

AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")
CURES = {
    "int_type": "write a whole number without quotes, as in `{name} = 600`",
    "bool_type": "write `{name} = true` or `{name} = false`",
    "string_type": 'write a text in double quotes, as in `{name} = "…"`',
    "tuple_type": 'write a list, as in `{name} = ["…"]`',
    "literal_error": "write one of the words that are named",
    "enum": "write one of the words that are named",
}
Place = tuple[str | int, ...]


def parse(content: str, id: str, file: str | None = None) -> Version[Any]:
    """Build a version from its text; `BrokenRules` lists all that is wrong with it."""
    return _Reading(content, id.split("@", maxsplit=1)[0], file or id).version()


class _Reading:
    """One file being read: collects what is wrong before it gives up."""

    def __init__(self, content: str, id: str, file: str) -> None:
        self.content = content.replace("\r\n", "\n")  # The same rule on every system.
        self.id, self.file = id, file
        self.findings: list[Finding] = []

    def version(self) -> Version[Any]:
        """The version, or everything that keeps it from being one."""
        topic, _, first_day = self._name()
        fields = self._fields()
        given = fields.pop("rows", [])
        head = self._model(Head, fields, ())
        rows = self._rows(BY_NAME[topic], given)
        if head is not None:
            self._check_revision(head)
        self._check_rivals(rows)
        self._stop_if_broken()
        assert head is not None
        digest = sha256(self.content.encode()).hexdigest()
        return Version(self.id, first_day, digest, self.content, head, rows, self.file)

    def _name(self) -> tuple[str, str, date]:
        topic, market, day = self.id.split("/")
        if topic not in BY_NAME:
            near = get_close_matches(topic, BY_NAME, 1) or sorted(BY_NAME)
            self._find((), f"there is no topic {topic}", f"topics are {', '.join(near)}")
        try:
            first_day = date.fromisoformat(day)
        except ValueError:
            first_day = date.max
            cure = "name the file by its first day of force: 2024-04-01.toml"
            self._find((), f"{day} is no date", cure)
        self._stop_if_broken()
        return topic, market, first_day

    def _fields(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self.content)
        except tomllib.TOMLDecodeError as error:
            at = AT_LINE.search(str(error))
            line = int(at[1]) if at else self.content.count("\n") + 1
            what = f"this is not TOML: {AT_LINE.sub('', str(error)).strip()}"
            cure = "write `key = value`, texts in double quotes, rows under [[rows]]"
            raise BrokenRules([Finding(self.file, line, what, cure)]) from error

    def _rows(self, kind: type[RuleRow], given: object) -> list[RuleRow]:
        if not isinstance(given, list) or not given:
            cure = f"begin each row with [[rows]]; it may have {', '.join(kind.model_fields)}"
            self._find(("rows",), "the file has no rows", cure)
            return []
        rows = [self._model(kind, row, ("rows", at)) for at, row in enumerate(given)]
        return [row for row in rows if row is not None]

    def _model(self, kind: type[M], given: object, place: Place) -> M | None:
        """Strict as JSON is: no "6" for 6, but lists for tuples and texts for dates."""
        try:
            return kind.model_validate_json(json.dumps(given, default=str), strict=True)
        except ValidationError as error:
            for each in error.errors():
                self._explain(kind, given, (*place, *each["loc"]), each)
            return None

    def _explain(
        self, kind: type[BaseModel], given: object, place: Place, error: Mapping[str, Any]
    ) -> None:
        name = next((part for part in reversed(place) if isinstance(part, str)), "")
        if error["type"] == "extra_forbidden":
            near = get_close_matches(name, kind.model_fields, 1)
            cure = f"write {near[0]}" if near else f"known are {', '.join(kind.model_fields)}"
            self._find(place, f"{name} is no key of {self._kind(kind)}", cure)
        elif error["type"] == "missing":
            self._find(place, f"{name} is missing", f"add `{name} = …`")
        else:
            said = str(error["msg"]).removeprefix("Value error, ")
            cure = CURES.get(error["type"], "correct the value").format(name=name)
            self._find(place, f"{name} = {error['input']!r}: {said}", cure)

    def _kind(self, kind: type[BaseModel]) -> str:
        return "a rule file's head" if kind is Head else f"a row of {self.id.split('/')[0]}"

    def _check_revision(self, head: Head) -> None:
        if head.revision < 1:
            self._find(("revision",), "revisions count from 1", "write `revision = 1`")
        elif head.revision > 1 and not head.replaces:
            cure = f'add `replaces = "why revision {head.revision - 1} was wrong"`'
            self._find(("revision",), f"revision {head.revision} gives no reason", cure)
        elif head.revision == 1 and head.replaces is not None:
            cure = "set `revision = 2`, or remove `replaces`"
            self._find(("replaces",), "a first revision replaces nothing", cure)

    def _check_rivals(self, rows: Sequence[RuleRow]) -> None:
        for (one, first), (other, second) in combinations(enumerate(rows), 2):
            if first.rivals(second):
                line = line_of(self.content, ("rows", one))
                what = (
                    f"this row ({second.selected()}) and the row of line {line} "
                    f"({first.selected()}) are equally specific and can fit the same case"
                )
                cure = "remove one, or add a row with the selectors of both and unlike selectors"
                self._find(("rows", other), what, cure)

    def _find(self, place: Place, what: str, cure: str) -> None:
        line = line_of(self.content, place)
        self.findings.append(Finding(self.file, line, what, cure))

    def _stop_if_broken(self) -> None:
        if self.findings:
            raise BrokenRules(self.findings)
