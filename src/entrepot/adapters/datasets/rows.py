"""Reading rows with suspicion: every problem is collected, and all are told together."""

import csv
import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.kernel.problems import Problem

if TYPE_CHECKING:
    from _csv import Reader

SHOWN = 50
INSTANT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?")
AMOUNT = re.compile(r"-?\d{1,12}(\.\d{1,9})?")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with the input, and what would be right."""

    file: str
    line: int
    field: str
    value: str
    cure: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.field} is {self.value!r}: {self.cure}"


class BrokenData(Problem):
    """The input cannot be read; nothing of it was taken over."""

    status, slug, title = 422, "broken-data", "The data set is broken"

    def __init__(self, faults: Sequence[Fault]) -> None:
        shown = [str(fault) for fault in faults[:SHOWN]]
        hidden = len(faults) - len(shown)
        more = [f"and {hidden} more"] if hidden else []
        found = f"{len(faults)} problem{'s' if len(faults) > 1 else ''}; nothing was loaded"
        super().__init__("\n".join([found, *shown, *more]), faults=[*shown], count=len(faults))


@dataclass
class Faults:
    """What was found wrong so far."""

    found: list[Fault] = field(default_factory=list)

    def judge(self) -> None:
        """Refuse the whole input if anything in it is wrong."""
        if self.found:
            raise BrokenData(sorted(self.found, key=lambda fault: (fault.file, fault.line)))


@dataclass(slots=True)
class Row:
    """One row of a file, whose fields are read with a fault instead of an exception."""

    file: str
    line: int
    values: Mapping[str, str]
    faults: Faults

    def fault(self, field: str, cure: str) -> None:
        value = self.values.get(field, "")
        self.faults.found.append(Fault(self.file, self.line, field, value, cure))

    def text(self, field: str) -> str:
        """A value that must be there."""
        value = self.values[field].strip()
        if not value:
            self.fault(field, "must not be empty")
        return value

    def optional(self, field: str) -> str:
        return self.values.get(field, "").strip()

    def one_of(self, field: str, allowed: Sequence[str]) -> str:
        value = self.values[field].strip()
        if value not in allowed:
            self.fault(field, f"must be one of {', '.join(allowed)}")
        return value

    def whole(self, field: str) -> int:
        """An integer, as quantities and positions are."""
        value = self.values[field].strip()
        if not re.fullmatch(r"-?\d{1,9}", value):
            self.fault(field, "must be a whole number")
            return 0
        return int(value)

    def local(self, field: str, since: date) -> datetime | None:
        """A local time without zone on or after `since`; None where the field is empty."""
        value = self.values[field].strip()
        if not value:
            return None
        try:
            found = datetime.fromisoformat(value) if INSTANT.fullmatch(value) else None
        except ValueError:
            found = None
        if found is None:
            self.fault(field, "must be a local time such as 2017-03-01 14:05:09")
        elif found.date() < since:
            self.fault(field, f"must not be before {since}, when the data set's rules begin")
            return None
        return found

    def required_local(self, field: str, since: date) -> datetime:
        """A local time that must be there; with a fault noted, any."""
        if not self.values[field].strip():
            self.fault(field, "must not be empty")
        return self.local(field, since) or datetime.combine(since, time())

    def reference(self, field: str, known: Collection[str] | None, file: str) -> str:
        """A key of another file; `known` is None where that file is itself unreadable."""
        value = self.text(field)
        if value and known is not None and value not in known:
            self.fault(field, f"must be in {file}")
        return value

    def minor(self, field: str) -> int:
        """A price that is not negative, exact to hundredths."""
        minor = self.scaled(field, 2)
        if minor < 0:
            self.fault(field, "must not be negative")
        return minor

    def scaled(self, field: str, places: int) -> int:
        """A decimal number as an integer of its last place."""
        found = scaled(self.values[field].strip(), places)
        if found is None:
            cure = f"must be a decimal number with at most {places} places, such as 144.90"
            self.fault(field, cure)
        return found or 0


def scaled(value: str, places: int) -> int | None:
    """A number such as "144.0" in units of 10**-places; None where it is not one, or is finer."""
    if not AMOUNT.fullmatch(value):
        return None
    exact = Decimal(value).scaleb(places)
    return int(exact) if exact == exact.to_integral_value() else None


@dataclass(frozen=True, slots=True)
class Source:
    """A file of the data set as text, and the hash of what it says (not of how it is packed)."""

    name: str
    text: str
    sha256: str

    def rows(self, columns: Sequence[str], faults: Faults) -> list[Row] | None:
        """The rows of a file that has at least these columns; others are let be."""
        reader = csv.reader(io.StringIO(self.text, newline=""))
        header = [name.strip() for name in next(reader, [])]
        for missing in [column for column in columns if column not in header]:
            faults.found.append(Fault(self.name, 1, missing, "", "this column is missing"))
        if not set(columns) <= set(header):
            return None
        cure = f"must have {len(header)} fields, as the header has"
        rows: list[Row] = []
        for line, values in _numbered(reader):
            if len(values) == len(header):
                row = Row(self.name, line, dict(zip(header, values, strict=True)), faults)
                rows.append(row)
            elif values:  # An empty line at the end is none.
                found = f"{len(values)} fields"
                faults.found.append(Fault(self.name, line, header[0], found, cure))
        return rows


def _numbered(reader: "Reader") -> Iterator[tuple[int, list[str]]]:
    """Records with the line on which each begins: a quoted field may run over several lines."""
    line = reader.line_num + 1
    for values in reader:
        yield line, values
        line = reader.line_num + 1


def find(folder: Path, name: str, faults: Faults) -> Source | None:
    """`name`.csv or `name`.csv.gz in the folder, or a fault."""
    for path in (folder / f"{name}.csv", folder / f"{name}.csv.gz"):
        if path.is_file():
            return load(path, faults)
    cure = f"{name}.csv or {name}.csv.gz must be in {folder}"
    faults.found.append(Fault(f"{name}.csv", 0, "file", "missing", cure))
    return None


def load(path: Path, faults: Faults) -> Source | None:
    """The text of a file, unpacked where its name ends in .gz."""
    try:
        raw = path.read_bytes()
        content = gzip.decompress(raw) if path.suffix == ".gz" else raw
        text = content.decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        cure = "must be readable UTF-8 text, packed with gzip if its name ends in .gz"
        faults.found.append(Fault(path.name, 0, "file", type(error).__name__, cure))
        return None
    return Source(path.name, text, hashlib.sha256(content).hexdigest())
