"""Pages: keyset, never offset, so that the thousandth costs what the first does.

A handler fetches one row more than a page has, in the order of its sort column and then the id,
after `after(ask)`; `shown` cuts the row too many off again, and `page` names where to go on.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, TypeVar

import orjson
from pydantic import Field

from .codes import invalid
from .keys import PAGE_TOKENS
from .operations import Ask
from .shapes import Query, SortOrder

T = TypeVar("T")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
PROOF = 12
Key = tuple[int | str, ...]  # The sort column's value and the id; instants as microseconds.


class Paged(Query):
    """Which part of a list, in which order."""

    page_size: Annotated[int, Field(ge=1, le=100)] = 20
    page_token: Annotated[str, Field(max_length=500)] = ""
    sort_field: str | None = None
    sort_order: SortOrder = SortOrder.DESC


PagedT = TypeVar("PagedT", bound=Paged)


def after(ask: Ask[PagedT, Any]) -> Key | None:
    """The key of the last row of the page before; none for the first page."""
    token = ask.query.page_token
    if not token:
        return None
    try:
        data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        said, proof = data[PROOF:], data[:PROOF]
        if not hmac.compare_digest(proof, _proof(ask, said)):
            raise invalid("page_token", "the next_page_token of the page before, asked as before")
        return tuple(orjson.loads(said))
    except (binascii.Error, ValueError) as error:
        raise invalid("page_token", "the next_page_token of the page before") from error


def mark(at: datetime) -> int:
    """An instant in a key: microseconds, as exact as the database is."""
    return (at - EPOCH) // MICROSECOND


def instant(mark: int | str) -> datetime:
    """The instant that a key tells."""
    return EPOCH + int(mark) * MICROSECOND


def shown(rows: Sequence[T], ask: Ask[PagedT, Any]) -> Sequence[T]:
    """The rows of this page, without the one that only tells that there is another."""
    return rows[: ask.query.page_size]


def page(
    rows: Sequence[T],
    ask: Ask[PagedT, Any],
    *,
    key: Callable[[T], Key],
    total: int | None = None,
) -> dict[str, Any]:
    """`next_page_token` (empty on the last page), and the total where the list tells one."""
    size = ask.query.page_size
    more = len(rows) > size
    told: dict[str, Any] = {"next_page_token": _token(ask, key(rows[size - 1])) if more else ""}
    if total is not None:
        told["total_count"] = total
    return told


def _token(ask: Ask[PagedT, Any], key: Key) -> str:
    said = orjson.dumps(key)
    return base64.urlsafe_b64encode(_proof(ask, said) + said).decode().rstrip("=")


def _proof(ask: Ask[PagedT, Any], said: bytes) -> bytes:
    """A token holds for this organisation, this list and this order alone."""
    query = ask.query
    bound = f"{ask.operation.path}|{ask.seller:d}|{query.sort_field}|{query.sort_order}|"
    secret = ask.parts.keys.of(PAGE_TOKENS)
    return hmac.digest(secret, bound.encode() + said, hashlib.sha256)[:PROOF]
