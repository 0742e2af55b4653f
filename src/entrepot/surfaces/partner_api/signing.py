"""Signatures: HMAC-SHA256 over path, sorted query and body, with the app's secret around them."""

import hashlib
import hmac
from collections.abc import Iterable

UNSIGNED = {b"sign", b"access_token"}


def signature(
    secret: str, path: bytes, query: Iterable[tuple[str, str]], body: bytes | None
) -> str:
    """What `sign` must be. `path` is as it was sent; `body` is None for multipart."""
    key = secret.encode()
    pairs = [(name.encode(), value.encode()) for name, value in query]
    mac = hmac.new(key, key + path, hashlib.sha256)
    for name, value in sorted(pairs, key=lambda pair: pair[0]):
        if name not in UNSIGNED:
            mac.update(name)
            mac.update(value)
    if body:
        mac.update(body)
    mac.update(key)
    return mac.hexdigest()


def genuine(given: str, expected: str) -> bool:
    """In a time that tells nothing about the secret."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
