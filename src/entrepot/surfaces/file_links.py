"""Addresses of files: for good where a file is public, signed for a while where it is not."""

import hashlib
import hmac
import re
from datetime import timedelta

from entrepot.contexts.files import File, FileId
from entrepot.kernel import clock
from entrepot.surfaces.parts import Parts

PURPOSE = "file-link"
LASTING = timedelta(hours=1)


def url_of(parts: Parts, file: File) -> str:
    """Where the bytes of a file are had by who was shown it."""
    base = f"{parts.settings.public_url.rstrip('/')}/files"
    if file.is_public:
        return f"{base}/{file.sha256.hex()}.{file.extension}"
    expires_s = int((clock.real() + LASTING).timestamp())
    signature = sign(parts, file.id, expires_s)
    return f"{base}/{file.id}/content?expires={expires_s}&signature={signature}"


def file_of(parts: Parts, url: str) -> FileId | None:
    """Which of our files that are not public an address names, whether it still holds or not."""
    base = re.escape(f"{parts.settings.public_url.rstrip('/')}/files/")
    found = re.match(rf"{base}([1-9][0-9]{{0,18}})/content\b", url)
    return FileId(found[1]) if found and int(found[1]) < 2**63 else None


def sign(parts: Parts, id: FileId, expires_s: int) -> str:
    """What proves that we gave this link away, until then."""
    said = f"{id}:{expires_s}".encode()
    return hmac.new(parts.keys.of(PURPOSE), said, hashlib.sha256).hexdigest()


def holds(parts: Parts, id: FileId, expires_s: int, signature: str) -> bool:
    """Whether a link is ours and has not run out, by real time."""
    if not signature.isascii() or expires_s < clock.real().timestamp():
        return False
    return hmac.compare_digest(sign(parts, id, expires_s), signature)
