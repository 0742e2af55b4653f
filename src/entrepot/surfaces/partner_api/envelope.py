"""The envelope of every answer: code, message, request id and data."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from .codes import Code, Refused

Data = Mapping[str, Any]

JSON = (b"content-type", b"application/json; charset=utf-8")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer on its way out."""

    status: int
    code: int
    body: bytes
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)


def new_request_id(at: datetime) -> str:
    """What an integrator tells us when something went wrong: the second, and 72 random bits."""
    return f"{at:%Y%m%d%H%M%S}{os.urandom(9).hex().upper()}"


def answered(request_id: str, data: Data | None) -> Answer:
    """What was asked for."""
    body = {"code": 0, "message": "Success", "request_id": request_id, "data": data or {}}
    return Answer(200, Code.SUCCESS, orjson.dumps(body), [JSON])


def declined(request_id: str, refusal: Refused) -> Answer:
    """Why not. There is no data, so that nothing leaks."""
    body = {"code": refusal.code, "message": refusal.message, "request_id": request_id}
    headers = [JSON]
    if refusal.retry_after_s is not None:
        headers.append((b"retry-after", str(refusal.retry_after_s).encode()))
    return Answer(refusal.status, refusal.code, orjson.dumps(body), headers)
