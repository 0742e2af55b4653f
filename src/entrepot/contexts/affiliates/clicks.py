"""Tokens of clicks: signed by us, carried by the buyer's browser, never believed unsigned."""

import base64
import binascii
import hashlib
import hmac
import struct
from datetime import UTC, datetime, timedelta

from entrepot.contexts.catalog import ProductId
from entrepot.kernel.access import OrganisationId

from .model import Click, PlanId
from .problems import BadClick

VERSION = 1
HEAD = struct.Struct(">BQQQQ")  # Version, creator, plan, product, microseconds since 1970.
SIGNATURE = hashlib.sha256().digest_size
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LONGEST = 200


def sign_click(key: bytes, click: Click) -> str:
    """The token that the shopper's browser keeps."""
    content = click.content.encode()
    assert len(content) <= LONGEST, "the name of a content is short"
    after = (click.at - EPOCH) // MICROSECOND
    head = HEAD.pack(VERSION, click.creator_id, click.plan_id, click.product_id, after)
    return _text(head + content + _signature(key, head + content))


def read_click(key: bytes, token: str) -> Click:
    """The click of a token that we signed; `BadClick` for any other text.

    Whether it is too old to count is decided where it is used, by the market's rule of that day.
    """
    data = _data(token)
    said, signature = data[:-SIGNATURE], data[-SIGNATURE:]
    genuine = hmac.compare_digest(signature, _signature(key, said))
    if not genuine or len(said) < HEAD.size or said[0] != VERSION:
        raise BadClick
    _, creator, plan, product, after = HEAD.unpack_from(said)
    return Click(
        content=said[HEAD.size :].decode(),
        creator_id=OrganisationId(creator),
        plan_id=PlanId(plan),
        product_id=ProductId(product),
        at=EPOCH + after * MICROSECOND,
    )


def _signature(key: bytes, said: bytes) -> bytes:
    return hmac.digest(key, b"affiliate click\0" + said, "sha256")


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _data(token: str) -> bytes:
    """The bytes of a token, of which there is one spelling only."""
    try:
        data = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (binascii.Error, ValueError) as error:
        raise BadClick from error
    if _text(data) != token:
        raise BadClick
    return data
