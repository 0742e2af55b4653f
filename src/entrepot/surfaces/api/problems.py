"""Every refusal and every trouble as `application/problem+json` (RFC 9457)."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import JsonValue, ValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from entrepot import observability
from entrepot.contexts.identity import WrongCredentials
from entrepot.kernel.problems import BadInput, Broken, Busy, Problem, Unauthenticated
from entrepot.surfaces import troubles
from entrepot.surfaces.troubles import Trouble

from .visitors import COOKIE

log = structlog.get_logger()

MEDIA = "application/problem+json"
WHERE = {"body", "query", "path", "header", "cookie"}
KNOWN = {
    404: ("no-such-place", "There is nothing at this address"),
    400: ("bad-request", "This request cannot be read"),
    405: ("method-not-allowed", "This cannot be done here"),
    413: ("too-large", "The body is too large"),
    415: ("unsupported-media-type", "The body must be JSON"),
}


class NoSuchPlace(Problem):
    """What the router refuses before any route is asked."""

    status, slug, title = 404, "no-such-place", "There is nothing at this address"

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.kind = status

    def body(self) -> dict[str, JsonValue]:
        """As its HTTP status says."""
        slug, title = KNOWN.get(self.kind, KNOWN[400])
        return {
            **super().body(),
            "type": f"/problems/{slug}",
            "title": title,
            "status": self.kind,
        }


class WrongMedia(Problem):
    status, slug, title = 415, *KNOWN[415]

    def __init__(self) -> None:
        super().__init__("send the body as application/json", field="content-type")


class TooLarge(Problem):
    status, slug, title = 413, *KNOWN[413]

    def __init__(self, most: int) -> None:
        super().__init__(f"a body has at most {most} bytes")


class NotShaped(BadInput):
    """Fields that are not as they must be: each is named, with what would be right."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        field, cure = faults[0]
        errors: list[JsonValue] = [{"field": name, "cure": right} for name, right in faults]
        super().__init__(field, cure, errors=errors)


def answer(problem: Problem, *, clear_cookie: bool = False) -> Response:
    """A refusal as a response."""
    body = problem.body()
    response = Response(orjson.dumps(body), int(str(body["status"])), media_type=MEDIA)
    wait = problem.members.get("retry_after_s")
    if isinstance(problem, Busy) or wait is not None:
        response.headers["Retry-After"] = str(wait or 1)
    if isinstance(problem, Unauthenticated | WrongCredentials):
        response.headers["WWW-Authenticate"] = "Bearer"
    if clear_cookie:
        response.delete_cookie(COOKIE, path="/")
    return response


def from_trouble(error: BaseException) -> Problem:
    """What an exception that is no refusal means for who asked."""
    match troubles.of(error):
        case Trouble.INPUT:
            return BadInput("body", "values that can be kept: no NUL, numbers of ordinary size")
        case Trouble.WAIT | Trouble.AGAIN:
            return Busy("the database is busy or away", retry_after_s=1)
        case Trouble.BUG:
            return Broken("this failed on our side; nothing was kept", trace=_trace())


def from_shape(errors: Iterable[Mapping[str, Any]]) -> NotShaped:
    """Pydantic's findings as fields with their cures. What was sent is not shown again."""
    faults = [(_field(error["loc"]), str(error["msg"])) for error in errors]
    return NotShaped(faults[:20] or [("body", "something else")])


def from_validation(error: ValidationError) -> NotShaped:
    """The same for a body that was read without the framework."""
    return from_shape(error.errors(include_url=False, include_input=False, include_context=False))


def install(app: FastAPI) -> None:
    """Let every exception of a route become a problem."""
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)
    for trouble in (DBAPIError, PoolTimeout, UnicodeEncodeError, Exception):
        app.add_exception_handler(trouble, _failed)


def of_failure(request: Request, error: Exception) -> Response:
    """The same for a route that is called without the framework."""
    for kind, handler in HANDLERS.items():
        if isinstance(error, kind):
            return handler(request, error)
    return _failed(request, error)


def catalogue(kinds: Iterable[type[Problem]] | None = None) -> dict[str, list[type[Problem]]]:
    """The classes of refusals by slug: of those that are loaded, or of the given ones.

    The reference in the docs and the pages that `type` points to are both made of this.
    """
    by_slug: dict[str, list[type[Problem]]] = {}
    for kind in _below(Problem) if kinds is None else kinds:
        if hasattr(kind, "slug") and kind.__module__.startswith("entrepot."):
            by_slug.setdefault(kind.slug, []).append(kind)
    return by_slug


def about(kind: type[Problem]) -> str:
    """What a refusal says of itself in its first paragraph, on one line."""
    return " ".join(inspect.cleandoc(vars(kind).get("__doc__") or "").split("\n\n")[0].split())


def refusals(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """What a route can refuse, for its documentation."""
    return {
        problem.status: {
            "description": problem.title,
            "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for problem in problems
    }


def _below(kind: type[Problem]) -> Iterator[type[Problem]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def _refused(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)
    ended = isinstance(problem, Unauthenticated) and COOKIE in request.cookies
    return answer(problem, clear_cookie=ended)


def _misshapen(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return answer(from_shape(error.errors()))


def _no_such_place(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    response = answer(NoSuchPlace(error.status_code, str(error.detail)))
    response.headers.update(error.headers or {})
    return response


def _failed(request: Request, error: Exception) -> Response:
    problem = from_trouble(error)
    if isinstance(problem, Broken):
        observability.failed("request", error)
        log.error("request.failed", path=request.url.path, exc_info=error)
    return answer(problem)


HANDLERS: Mapping[type[Exception], Callable[[Request, Exception], Response]] = {
    Problem: _refused,
    RequestValidationError: _misshapen,
    HTTPException: _no_such_place,
}


def _field(place: Sequence[object]) -> str:
    parts = [*place]
    if len(parts) > 1 and parts[0] in WHERE:
        parts = parts[1:]
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text.encode("utf-8", "replace").decode() or "body"


def _trace() -> str | None:
    return observability.trace_id()
