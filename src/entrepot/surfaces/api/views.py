"""What all views share: money, pages, texts."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints

from entrepot.kernel.ids import IdT
from entrepot.kernel.money import Currency, Money
from entrepot.kernel.problems import BadInput

T = TypeVar("T")
V = TypeVar("V")

NO_NUL = r"^[^\x00]*$"
Text = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_NUL)]
LongText = Annotated[str, StringConstraints(max_length=10_000, pattern=NO_NUL)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), Field(examples=["US"])]
Amount = Annotated[int, Field(ge=0, le=10**12)]
Count = Annotated[int, Field(ge=0, le=10**9)]
BasisPoints = Annotated[int, Field(ge=0, le=10_000)]
Limit = Annotated[int, Field(ge=1, le=200, description="How many at most.")]
After = Annotated[
    str | None,
    Field(max_length=200, description="`next` of the page before; none for the first one."),
]
# A string of an integer, as ids are: JavaScript ends at 2**53.
Minor = Annotated[int, PlainSerializer(str, return_type=str, when_used="json")]


class Asked(BaseModel):
    """The body of a request: unknown fields are refused, because they are misspelt ones."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Paging(Asked):
    """Which part of a list."""

    after: After = None
    limit: Limit = 50


class View(BaseModel):
    """What is shown of something."""

    # Built when it is first shown, as routes are: most processes show few of them.
    model_config = ConfigDict(from_attributes=True, frozen=True, defer_build=True)


class MoneyView(View):
    """An amount in the smallest unit of its currency."""

    model_config = ConfigDict(
        from_attributes=True,
        frozen=True,
        json_schema_extra={"examples": [{"minor": "10000", "currency": "USD"}]},
    )

    minor: Minor
    currency: Currency

    @classmethod
    def of(cls, minor: int, currency: Currency) -> "MoneyView":
        """An amount from its parts."""
        return cls(minor=minor, currency=currency)


class Page(View, Generic[V]):
    """A part of a list. `next` is the `after` of the next one; without it there is none."""

    items: list[V]
    next: str | None = None


def page(
    rows: Sequence[T], limit: int, show: Callable[[T], V], cursor: Callable[[T], str]
) -> Page[V]:
    """A page of rows; there may be more if it is full."""
    more = cursor(rows[-1]) if rows and len(rows) >= limit else None
    return Page(items=[show(row) for row in rows], next=more)


def money(amount: Money) -> dict[str, str]:
    """Money for answers that are written without a view, because they are many."""
    return {"minor": str(amount.minor), "currency": amount.currency.value}


def cursor_at(at: datetime, id: int) -> str:
    """Where a list by time ends."""
    return _packed(f"{at.isoformat()}|{id}")


def cursor_id(id: int) -> str:
    """Where a list by id ends."""
    return _packed(str(id))


def after_time(cursor: str | None, kind: type[IdT]) -> tuple[datetime, IdT] | None:
    """Where the next page of a list by time begins."""
    if cursor is None:
        return None
    try:
        at, _, id = _unpacked(cursor).partition("|")
        return datetime.fromisoformat(at).astimezone(UTC), kind.parse(id)
    except (ValueError, OverflowError) as error:
        raise _bad_cursor() from error


def after_id(cursor: str | None, kind: type[IdT]) -> IdT | None:
    """Where the next page of a list by id begins."""
    if cursor is None:
        return None
    try:
        return kind.parse(_unpacked(cursor))
    except ValueError as error:
        raise _bad_cursor() from error


def _bad_cursor() -> BadInput:
    return BadInput("after", "the `next` of the page before, as it was given")


def _packed(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _unpacked(cursor: str) -> str:
    try:
        return base64.urlsafe_b64decode(cursor.encode() + b"==").decode()
    except (binascii.Error, UnicodeError) as error:
        raise ValueError(cursor) from error


def example(body: dict[str, Any]) -> ConfigDict:
    """The configuration of a request with an example for the documentation."""
    return ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [body]})
