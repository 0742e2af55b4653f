"""How a request becomes one unit of work."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Request

from entrepot.contexts import identity
from entrepot.kernel.access import Actor
from entrepot.kernel.idempotency import Key, once
from entrepot.kernel.ids import IdT
from entrepot.kernel.problems import BadInput, Forbidden, Unauthenticated
from entrepot.kernel.tx import Tx
from entrepot.surfaces.parts import Parts

from .visitors import Door, Visitor

T = TypeVar("T")

IdempotencyKey = Annotated[
    str,
    Header(
        max_length=255,
        description="The same key and body again are the same call: the first result is shown.",
    ),
]


@dataclass(frozen=True, slots=True)
class Call:
    """One request: who asks, and under which key."""

    parts: Parts
    door: Door
    visitor: Visitor
    key: Key

    def run(self, do: Callable[[Tx], T]) -> T:
        """Do it in one unit of work. What is refused to somebody is audited in another one."""
        seen: list[Actor] = []

        def noted(tx: Tx) -> T:
            seen[:] = [tx.actor]
            return do(tx)

        try:
            return self.parts.work.run(self.door.who(self.visitor), self.key.operation, noted)
        except Forbidden as refusal:
            if seen and seen[0].person is not None:
                self._audit(seen[0], refusal)
            raise

    def signed_in(self, do: Callable[[Tx], T]) -> T:
        """Do it for somebody whom we know; others are asked to sign in."""

        def known(tx: Tx) -> T:
            if tx.actor.person is None:
                raise Unauthenticated("sign in, or send a token")
            return do(tx)

        return self.run(known)

    def once(self, kind: type[IdT], do: Callable[[Tx], IdT], show: Callable[[Tx, IdT], T]) -> T:
        """Do it once for its key, and show the result as it is now."""
        return self.signed_in(self.keyed(kind, do, show))

    def keyed(
        self, kind: type[IdT], do: Callable[[Tx], IdT], show: Callable[[Tx, IdT], T]
    ) -> Callable[[Tx], T]:
        """The same for callers that may be guests; without a key it is done each time."""

        def work(tx: Tx) -> T:
            if not self.key.key:
                return show(tx, do(tx))
            return show(tx, once(tx, self.key, kind, lambda: do(tx)))

        return work

    def _audit(self, actor: Actor, refusal: Forbidden) -> None:
        mark = identity.Mark(
            action=f"denied.{self.key.operation}",
            outcome=identity.Outcome.REFUSED,
            detail={"reason": str(refusal)},
        )
        self.parts.work.run(lambda _: actor, "audit.denied", lambda tx: identity.audit(tx, [mark]))


def demand(tx: Tx, permission: StrEnum) -> None:
    """For what belongs to the platform as a whole and so to no context's rows."""
    if not tx.actor.may(permission):
        raise Forbidden(f"{permission} is not granted to you", permission=permission.value)


async def this_call(request: Request, idempotency_key: IdempotencyKey = "") -> Call:
    """The call of a request; its body is part of what makes it the same call."""
    state: Any = request.app.state
    if not idempotency_key.isprintable():
        raise BadInput("idempotency-key", "printable characters, at most 255")
    route: Any = request.scope["route"]
    digest = b""
    if idempotency_key:
        digest = sha256(request.url.path.encode() + b"\0" + await request.body()).digest()
    return Call(
        parts=state.parts,
        door=state.door,
        visitor=state.door.visitor(request),
        key=Key(route.name, idempotency_key, digest),
    )


ThisCall = Annotated[Call, Depends(this_call)]
