"""How webhook messages are signed: an HMAC over the second of sending and the message."""

import hashlib
import hmac
import re
from datetime import datetime

TOLERANCE_S = 300
SIGNED = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})", re.ASCII)


def sign(secret: bytes, payload: bytes, at: datetime) -> str:
    """The header for a message that is sent at a real instant."""
    second = int(at.timestamp())
    return f"t={second},v1={_digest(secret, payload, second)}"


def is_genuine(secret: bytes, payload: bytes, header: str, now: datetime) -> bool:
    """Whether somebody with the secret signed this message within the last minutes."""
    match = SIGNED.fullmatch(header)
    if match is None:
        return False
    second, digest = int(match[1]), match[2]
    fresh = abs(now.timestamp() - second) <= TOLERANCE_S
    return hmac.compare_digest(digest, _digest(secret, payload, second)) and fresh


def _digest(secret: bytes, payload: bytes, second: int) -> str:
    return hmac.new(secret, b"%d.%s" % (second, payload), hashlib.sha256).hexdigest()
