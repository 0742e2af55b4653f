"""The same decision twice is one decision, for those who send a key."""

from collections.abc import Callable
from hashlib import sha256
from typing import Annotated, Any

import orjson
from pydantic import Field

from entrepot.kernel import idempotency
from entrepot.kernel.ids import IdT
from entrepot.surfaces.partner_api.operations import Ask
from entrepot.surfaces.partner_api.shapes import Query


class Keyed(Query):
    """A call that can be repeated safely."""

    idempotency_key: Annotated[str, Field(max_length=255)] = ""


def once(ask: Ask[Any, Any], kind: type[IdT], do: Callable[[], IdT]) -> IdT:
    """Do it once for its key; without one it is done each time."""
    if not ask.query.idempotency_key:
        return do()
    key = key_of(ask, ask.query.idempotency_key, ask.body)
    return idempotency.once(ask.tx, key, kind, do)


def key_of(ask: Ask[Any, Any], key: str, body: Any) -> idempotency.Key:
    """What a caller calls an operation with this body."""
    said = orjson.dumps([dict(ask.path), body.model_dump(mode="json")])
    return idempotency.Key(
        f"{ask.operation.method} {ask.operation.path}", key, sha256(said).digest()
    )
