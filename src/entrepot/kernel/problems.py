"""Refusals (RFC 9457, problem details)."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, TypeVar

from pydantic import JsonValue

T = TypeVar("T")


class Problem(Exception):
    """A refusal that its caller can understand and act on. Raised for one, returned among many."""

    status: ClassVar[int] = 409
    slug: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, detail: str, **members: JsonValue) -> None:
        super().__init__(detail)
        self.members = members

    def body(self) -> dict[str, JsonValue]:
        """As `application/problem+json` has it; `type` is the page of the docs on this refusal."""
        return {
            "type": f"/problems/{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": str(self),
            **self.members,
        }


class BadInput(Problem):
    """Something given is not as it must be; names the field and what would be right."""

    status, slug, title = 422, "bad-input", "Something in the request is not as it must be"

    def __init__(self, field: str, cure: str, **members: JsonValue) -> None:
        super().__init__(f"{field}: {cure}", field=field, **members)


class NotFound(Problem):
    """There is no such thing, or none that this actor may know of: the answer does not tell."""

    status, slug, title = 404, "not-found", "There is no such thing"

    def __init__(self, noun: str, id: object) -> None:
        super().__init__(f"there is no {noun} {id}", noun=noun, id=str(id))


class Unauthenticated(Problem):
    status, slug, title = 401, "unauthenticated", "Sign in first"


class Forbidden(Problem):
    status, slug, title = 403, "forbidden", "You may not do this"


class KeyReused(Problem):
    status, slug, title = 422, "idempotency-key-reused", "This key was used for something else"


class Busy(Problem):
    status, slug, title = 503, "busy", "Too many requests wait; try again in a moment"


class TooMany(Problem):
    status, slug, title = 429, "too-many-requests", "Too many attempts; wait before the next one"


class Broken(Problem):
    status, slug, title = 500, "broken", "Something failed on our side"


def only(outcomes: Sequence[T | Problem]) -> T:
    """The outcome of a batch of one. A refusal is raised here, so that the work is rolled back."""
    [outcome] = outcomes
    if isinstance(outcome, Problem):
        raise outcome
    return outcome


def each(outcomes: Iterable[T | Problem]) -> list[T]:
    """All outcomes of a batch that must succeed whole; the first refusal is raised."""
    found: list[T] = []
    for outcome in outcomes:
        if isinstance(outcome, Problem):
            raise outcome
        found.append(outcome)
    return found
