"""Signatures: HMAC-SHA256 over path, sorted query and body, with the app's secret around them."""

import hashlib
import hmac
from collections.abc import Iterable
from operator import itemgetter

UNSIGNED = {b"sign", b"access_token"}


def signature(
    secret: str, path: bytes, query: Iterable[tuple[str, str]], body: bytes | None
) -> str:
    """What `sign` must be. `path` is as it was sent; `body` is None for multipart."""
    key = secret.encode()
    pairs = sorted([(name.encode(), value.encode()) for name, value in query], key=itemgetter(0))
    said = [part for name, value in pairs if name not in UNSIGNED for part in (name, value)]
    whole = b"".join([key, path, *said, body or b"", key])
    return hmac.digest(key, whole, hashlib.sha256).hex()


def genuine(given: str, expected: str) -> bool:
    """In a time that tells nothing about the secret."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
