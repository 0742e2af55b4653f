"""The two routes that many use at once: nothing but parsing, waiting and writing."""

from typing import Any, TypeVar

import orjson
from fastapi import Request, Response
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.requests import ClientDisconnect

from .bounded import MOST_BYTES
from .problems import TooLarge, WrongMedia, from_validation

T = TypeVar("T", bound=BaseModel)


async def parsed(request: Request, adapter: TypeAdapter[T]) -> T:
    """The body as it must be, or the refusal that names the field."""
    media = request.headers.get("content-type", "")
    if not media.startswith("application/json"):
        raise WrongMedia
    try:
        return adapter.validate_json(await _body(request))
    except ValidationError as error:
        raise from_validation(error) from error


async def _body(request: Request) -> bytes:
    """What was sent, mostly in one piece. It is bounded here, since nothing else stands before."""
    body, more = b"", True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            raise TooLarge(MOST_BYTES)
        more = message.get("more_body", False)
    return body


def json(body: Any, status: int = 200) -> Response:
    """An answer in as few steps as possible."""
    return Response(orjson.dumps(body), status, media_type="application/json")


def documented(ask: type[BaseModel], shown: type[BaseModel], status: int) -> dict[str, Any]:
    """What the documentation says of a route that reads its body itself."""
    return {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": ask.model_json_schema()}},
        },
        "responses": {
            str(status): {
                "description": "Done",
                "content": {
                    "application/json": {"schema": shown.model_json_schema(mode="serialization")}
                },
            }
        },
    }
