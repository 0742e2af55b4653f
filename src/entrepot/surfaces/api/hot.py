"""The two routes that many use at once: nothing but parsing, waiting and writing."""

from typing import Any, TypeVar

import orjson
from fastapi import Request, Response
from pydantic import BaseModel, TypeAdapter, ValidationError

from .problems import WrongMedia, from_validation

T = TypeVar("T", bound=BaseModel)


async def parsed(request: Request, adapter: TypeAdapter[T]) -> T:
    """The body as it must be, or the refusal that names the field."""
    media = request.headers.get("content-type", "")
    if not media.startswith("application/json"):
        raise WrongMedia
    try:
        return adapter.validate_json(await request.body())
    except ValidationError as error:
        raise from_validation(error) from error


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
