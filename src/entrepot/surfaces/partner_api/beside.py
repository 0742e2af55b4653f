"""What the dialect serves beside its operations: tokens, consent pages, uploads."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from urllib.parse import parse_qsl

import anyio.to_thread
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from entrepot.surfaces.api.visitors import Door
from entrepot.surfaces.parts import Parts

from . import overview, tokens, tools
from .consent import Consent, Form
from .envelope import Answer
from .requests import MOST_UPLOADED

MOST_FORM, MOST_FIELDS = 64_000, 500
ORDER_LINKS = "order-link"  # As the native API has it: one door, one kind of visitor.
Serve = Callable[[Request, bytes], Response]


@dataclass(frozen=True, slots=True)
class Place:
    """One path beside the operations."""

    serve: Serve
    methods: frozenset[str] = frozenset({"GET"})
    most_bytes: int = 0


class Beside:
    """By their exact paths."""

    def __init__(self, parts: Parts) -> None:
        consent = Consent(parts, Door(parts.rules, parts.keys.of(ORDER_LINKS)))
        upload = partial(tools.upload, parts)
        self._places = {
            "/api/v2/token/get": _of(parts, tokens.get),
            "/api/v2/token/refresh": _of(parts, tokens.refresh),
            "/open/authorize": _page(consent.authorize),
            "/alliance/creator/auth": _page(consent.creators),
            "/open/authorizations": _page(partial(overview.page, consent)),
            tools.UPLOAD_PATH: Place(upload, frozenset({"PUT", "POST"}), MOST_UPLOADED),
        }

    def claims(self, path: str) -> bool:
        """Whether this is one of them."""
        return path in self._places

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request: its body is read, the rest happens on a thread."""
        place = self._places[scope["path"]]
        request = Request(scope, receive)
        body = await _body(request, place.most_bytes)
        response: Response
        if request.method not in place.methods:
            response = PlainTextResponse("method not allowed", 405)
        elif body is None:
            response = PlainTextResponse("too large", 413)
        else:
            response = await anyio.to_thread.run_sync(place.serve, request, body)
        await response(scope, receive, send)


async def _body(request: Request, most: int) -> bytes | None:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            return None
    return body


def _page(page: Callable[[Request, Form], Response]) -> Place:
    def serve(request: Request, body: bytes) -> Response:
        try:
            form = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
        except ValueError:
            return PlainTextResponse("this is not a form", 400)
        return page(request, form)

    return Place(serve, frozenset({"GET", "POST"}), MOST_FORM)


def _of(parts: Parts, answer: Callable[[Parts, QueryParams], Answer]) -> Place:
    def serve(request: Request, _: bytes) -> Response:
        found = answer(parts, request.query_params)
        headers = {name.decode(): value.decode() for name, value in found.headers}
        headers["cache-control"] = "no-store"
        return Response(found.body, found.status, headers=headers)

    return Place(serve)
