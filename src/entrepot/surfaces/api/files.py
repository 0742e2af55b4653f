"""The bytes of files: public ones under their hash, others by a signed link."""

from typing import Annotated

from fastapi import Path, Request, Response

from entrepot.contexts import files
from entrepot.contexts.files import File, FileId
from entrepot.kernel.ids import DIGITS
from entrepot.kernel.problems import NotFound
from entrepot.kernel.tx import Tx
from entrepot.surfaces import file_links
from entrepot.surfaces.parts import Parts

from .routing import beside

router = beside()

# Whatever the bytes say of themselves, a browser runs nothing of them and asks nobody.
HARMLESS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
FOR_GOOD = "public, max-age=31536000, immutable"  # A hash never names other bytes.
Hash = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]


@router.get("/files/{sha256}.{extension}")
def published(request: Request, sha256: Hash, extension: str) -> Response:
    """A public file; its address is its content, so caches may keep it for good."""
    parts: Parts = request.app.state.parts
    digest = bytes.fromhex(sha256)
    if request.headers.get("if-none-match") == f'"{sha256}"':
        return Response(status_code=304, headers={"ETag": f'"{sha256}"'})

    def find(tx: Tx) -> File:
        return files.published(tx, digest)

    file = parts.work.run(parts.platform("files"), "files.published", find)
    if file.extension != extension:
        raise NotFound("file", f"{sha256}.{extension}")
    return _content(parts, file, {"Cache-Control": FOR_GOOD, "ETag": f'"{sha256}"'})


@router.get("/files/{id}/content")
def linked(request: Request, id: str, expires: int, signature: str) -> Response:
    """A file for who holds a link that we signed; told apart from nothing only by that link."""
    parts: Parts = request.app.state.parts
    if not DIGITS.fullmatch(id) or not file_links.holds(parts, FileId(id), expires, signature):
        raise NotFound("file", id)

    def find(tx: Tx) -> File:
        return files.of_link(tx, FileId(id))

    file = parts.work.run(parts.platform("files"), "files.linked", find)
    return _content(parts, file, {"Cache-Control": "private, no-store"})


def _content(parts: Parts, file: File, headers: dict[str, str]) -> Response:
    data = parts.storage.fetch(file.sha256)
    if data is None:
        raise NotFound("file", file.id)
    name = f"{file.id}.{file.extension}"
    headers = {**HARMLESS, **headers, "Content-Disposition": f'inline; filename="{name}"'}
    return Response(data, media_type=file.content_type, headers=headers)
