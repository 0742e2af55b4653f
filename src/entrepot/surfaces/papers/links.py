"""Links to papers: signed, for a day, by real time."""

import hashlib
import hmac
from datetime import timedelta
from urllib.parse import urlencode

from entrepot.kernel import clock
from entrepot.surfaces.parts import Parts

from .model import Wanted

PURPOSE = "paper-link"
LASTING = timedelta(hours=24)
PATH = "/papers"


def url_of(parts: Parts, wanted: Wanted) -> str:
    """Where whoever holds this gets the paper, without a session."""
    expires_s = int((clock.real() + LASTING).timestamp())
    query = {
        "kind": wanted.kind.value,
        "size": wanted.size.value,
        "format": wanted.format.value,
        "expires": expires_s,
        "signature": sign(parts, wanted, expires_s),
    }
    base = parts.settings.public_url.rstrip("/")
    return f"{base}{PATH}/{int(wanted.parcel_id)}?{urlencode(query)}"


def sign(parts: Parts, wanted: Wanted, expires_s: int) -> str:
    """What proves that we gave this link away, until then."""
    said = f"{int(wanted.parcel_id)}:{wanted.kind}:{wanted.size}:{wanted.format}:{expires_s}"
    return hmac.new(parts.keys.of(PURPOSE), said.encode(), hashlib.sha256).hexdigest()


def holds(parts: Parts, wanted: Wanted, expires_s: int, signature: str) -> bool:
    """Whether a link is ours and has not run out."""
    if not signature.isascii() or expires_s < clock.real().timestamp():
        return False
    return hmac.compare_digest(sign(parts, wanted, expires_s), signature)
