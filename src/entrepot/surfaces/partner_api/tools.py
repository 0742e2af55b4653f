"""Tools: uploads that begin with a permission and go on without a signature."""

import base64
import binascii
import hashlib
import hmac
from datetime import timedelta
from typing import Annotated

import orjson
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from entrepot.contexts import files
from entrepot.contexts.files import NewFile, Purpose
from entrepot.kernel import clock
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.problems import Problem, only
from entrepot.kernel.tx import Tx
from entrepot.surfaces.parts import Parts

from . import codes
from .codes import Code, Refused, invalid
from .envelope import Answer, Data, answered, declined, new_request_id
from .keys import UPLOADS
from .operations import Ask, Operations
from .requests import MOST_UPLOADED
from .scopes import Scope
from .shapes import Body, Nothing, Text

operations = Operations()

UPLOAD_PATH = "/open/202512/file/upload"
LASTS = timedelta(hours=1)
PROOF = 32


class FileInit(Body):
    file_name: Text
    file_type: Text
    file_size: Annotated[int, Field(ge=1)]
    total_chunk_count: Annotated[int, Field(ge=1)]
    target_path: Annotated[str, Field(max_length=255)]


@operations.post("/open/202512/file/init", scope=Scope.PRODUCT_WRITE, body=FileInit, shop=False)
def upload_file_init(ask: Ask[Nothing, FileInit]) -> Data:
    """Where to send a video, and the token that goes with it for an hour."""
    wish = ask.body
    if "video" not in wish.file_type.lower() and wish.file_type.lower() != "mp4":
        raise invalid("file_type", "video")
    if wish.file_size > MOST_UPLOADED:
        raise invalid("file_size", f"at most {MOST_UPLOADED} bytes")
    if wish.total_chunk_count != 1:
        raise invalid("total_chunk_count", "1: a file is sent in one piece here")
    until = int((clock.real() + LASTS).timestamp())
    said = orjson.dumps([int(ask.seller), wish.file_name, wish.file_size, until])
    token = base64.urlsafe_b64encode(_proof(ask.parts, said) + said).decode()
    base = ask.parts.settings.public_url.rstrip("/")
    return {"upload_url": f"{base}{UPLOAD_PATH}", "upload_token": token}


def upload(parts: Parts, request: Request, data: bytes) -> Response:
    """Keep the bytes that a token was given for; `id` names the file from then on."""
    request_id = new_request_id(clock.real())
    try:
        answer = answered(request_id, _kept(parts, request, data))
    except Refused as refusal:
        answer = declined(request_id, refusal)
    except Problem as problem:
        answer = declined(request_id, codes.refused(problem))
    return _response(answer)


def _kept(parts: Parts, request: Request, data: bytes) -> Data:
    seller, name, size = _permitted(parts, request)
    if len(data) != size:
        raise invalid("body", f"{size} bytes, as was said before")
    wish = NewFile(owner_id=seller, purpose=Purpose.PRODUCT_VIDEO, name=name, data=data)

    def keep(tx: Tx) -> Data:
        file = only(files.keep(tx, parts.storage, [wish]))
        return {"id": str(int(file.id)), "size": file.size_bytes}

    return parts.work.run(parts.platform("partner.upload"), "partner.upload", keep)


def _permitted(parts: Parts, request: Request) -> tuple[OrganisationId, str, int]:
    token = request.headers.get("x-upload-token") or request.query_params.get("upload_token", "")
    refusal = Refused(Code.INVALID_TOKEN, "Invalid credentials. The upload_token is invalid.")
    try:
        sent = base64.urlsafe_b64decode(token)
    except (binascii.Error, ValueError) as error:
        raise refusal from error
    said = sent[PROOF:]
    if not hmac.compare_digest(sent[:PROOF], _proof(parts, said)):
        raise refusal
    seller, name, size, until = orjson.loads(said)
    if until < clock.real().timestamp():
        raise Refused(Code.EXPIRED_TOKEN, "Expired credentials. The upload_token has expired.")
    return OrganisationId(seller), name, size


def _proof(parts: Parts, said: bytes) -> bytes:
    return hmac.digest(parts.keys.of(UPLOADS), said, hashlib.sha256)


def _response(answer: Answer) -> Response:
    headers = {name.decode(): value.decode() for name, value in answer.headers}
    return Response(answer.body, answer.status, headers=headers)
