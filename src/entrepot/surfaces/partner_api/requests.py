"""What a request says, before anything of it is believed."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.types import Receive, Scope

from .codes import Code, Refused, invalid
from .operations import Operation, Upload
from .shapes import NOTHING, Nothing

MOST_BYTES, MOST_UPLOADED = 1_000_000, 30_000_000
MOST_PARAMETERS = 100
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000|\x00")
MULTIPART = b"multipart/form-data"


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came in."""

    raw_path: bytes
    pairs: list[tuple[str, str]]
    parameters: Mapping[str, Any]
    headers: Mapping[bytes, bytes]
    body: bytes
    form: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Upload] = field(default_factory=dict)

    @property
    def is_multipart(self) -> bool:
        """Whether the body stays out of the signature."""
        return self.headers.get(b"content-type", b"").lower().startswith(MULTIPART)

    @property
    def token(self) -> str:
        """The access token."""
        return self.headers.get(b"x-tts-access-token", b"").decode("latin-1").strip()

    def said(self, name: str) -> str:
        """A parameter of the frame; empty if it is missing."""
        value = self.parameters.get(name, "")
        return value if isinstance(value, str) else value[-1]


async def read(scope: Scope, receive: Receive, operation: Operation) -> Request:
    """Take in a request whose operation is known, up to the size that it may have."""
    headers = dict(scope["headers"])
    raw = scope["query_string"]
    pairs = _pairs(raw)
    body = await _body(receive, headers, MOST_UPLOADED if operation.files else MOST_BYTES)
    raw_path = scope.get("raw_path") or scope["path"].encode()
    request = Request(raw_path, pairs, _parameters(pairs), headers, body)
    if not (operation.files and request.is_multipart):
        return request
    form, files = await _parts(headers, body)
    return Request(raw_path, pairs, request.parameters, headers, body, form, files)


def parsed_query(operation: Operation, request: Request) -> BaseModel:
    """The parameters as the operation wants them."""
    if operation.query is Nothing:
        return NOTHING
    try:
        return operation.query.model_validate(request.parameters)
    except ValidationError as error:
        raise _misshapen(error) from error


def parsed_body(operation: Operation, request: Request) -> BaseModel:
    """The body as the operation wants it: JSON, or the fields of a form."""
    if operation.body is Nothing:
        return NOTHING
    try:
        if request.is_multipart:
            return operation.body.model_validate(request.form)
        if NUL.search(request.body):
            raise invalid("body", "no NUL characters")
        return operation.body.model_validate_json(request.body or b"{}")
    except ValidationError as error:
        raise _misshapen(error) from error


def _pairs(raw: bytes) -> list[tuple[str, str]]:
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            max_num_fields=MOST_PARAMETERS,
            errors="strict",
        )
    except (UnicodeDecodeError, ValueError) as error:
        raise invalid("query", f"percent-encoded UTF-8, at most {MOST_PARAMETERS} pairs") from error
    if any("\0" in value for _, value in pairs):
        raise invalid("query", "no NUL characters")
    return pairs


def _parameters(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


async def _body(receive: Receive, headers: Mapping[bytes, bytes], most: int) -> bytes:
    said = headers.get(b"content-length", b"0")
    if said.isdigit() and int(said) > most:
        raise TooLarge(most)
    chunks, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > most:
            raise TooLarge(most)
        chunks.append(chunk)
        more = message.get("more_body", False)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


async def _parts(
    headers: Mapping[bytes, bytes], body: bytes
) -> tuple[dict[str, str], dict[str, Upload]]:
    async def stream() -> AsyncIterator[bytes]:
        yield body

    parser = MultiPartParser(
        Headers(raw=[*headers.items()]),
        stream(),  # type: ignore[arg-type]
        max_files=10,
        max_fields=50,
    )
    try:
        found = await parser.parse()
    except (MultiPartException, KeyError) as error:
        raise invalid("body", "multipart/form-data with a boundary") from error
    form, files = {}, {}
    for name, value in found.multi_items():
        if isinstance(value, UploadFile):
            data = await value.read()
            files[name] = Upload(value.filename or name, value.content_type or "", data)
        else:
            form[name] = value
    return form, files


class TooLarge(Refused):
    def __init__(self, most: int) -> None:
        super().__init__(Code.INVALID_PARAMETER, f"The body has more than {most} bytes.")


class Gone(Exception):
    """The client went away before it had said all."""


def _misshapen(error: ValidationError) -> Refused:
    """The first finding, with its field. What was sent is not shown again."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "body"
    return invalid(place.encode("utf-8", "replace").decode(), str(first["msg"]))
