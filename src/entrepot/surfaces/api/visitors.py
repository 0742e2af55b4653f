"""Who asks: a session's cookie, a token, a signed link, or nobody that we know."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import Connection
from starlette.requests import Request

from entrepot.contexts import identity
from entrepot.contexts.orders import GroupId
from entrepot.kernel import clock
from entrepot.kernel.access import Actor, Who
from entrepot.kernel.ids import Id
from entrepot.rulebook import Rulebook

COOKIE = "entrepot_session"
LINK = "token"  # The name of the query parameter that a signed link carries.
GUEST = identity.GUEST


@dataclass(frozen=True, slots=True)
class Visitor:
    """What a request says of who sent it. Nothing of it is believed before it is looked up."""

    credential: str | None = None
    by_cookie: bool = False
    signed: frozenset[Id] = frozenset()


NOBODY = Visitor()
CARRIERS = {b"authorization", b"cookie"}


@dataclass(frozen=True)
class Door:
    """Reads who asks, and finds out what that allows."""

    rules: Rulebook
    link_key: bytes
    known: dict[date, identity.Roles] = field(default_factory=dict)  # The same all day.

    def visitor(self, request: Request) -> Visitor:
        """Whose request this is, by what it carries."""
        scope = request.scope
        if not scope["query_string"] and not any(name in CARRIERS for name, _ in scope["headers"]):
            return NOBODY
        signed = self.opened(request.query_params.get(LINK))
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and token:
            return Visitor(token.strip(), signed=signed)
        session = request.cookies.get(COOKIE)
        return Visitor(session or None, by_cookie=bool(session), signed=signed)

    def who(self, visitor: Visitor) -> Who:
        """The first statement of a unit of work: one query, so that what was revoked is gone."""

        def resolve(sql: Connection) -> Actor:
            if visitor.credential is None:
                return _guest(visitor)
            actor = identity.resolve(sql, visitor.credential, self._roles())
            if visitor.by_cookie:
                identity.touch(sql, visitor.credential)
            return replace(actor, signed=visitor.signed)

        return resolve

    def _roles(self) -> identity.Roles:
        day = clock.real().date()
        if day not in self.known:
            self.known[day] = identity.roles_on(self.rules, day)
        return self.known[day]

    def link(self, group_id: GroupId) -> str:
        """The token that opens the orders of one group to whoever holds it."""
        said = str(int(group_id))
        return f"{said}.{_signature(self.link_key, said)}"

    def opened(self, token: str | None) -> frozenset[Id]:
        """What a token opens: nothing, unless we signed it."""
        said, _, signature = (token or "").partition(".")
        if not said.isascii() or not said.isdigit():
            return frozenset()
        genuine = hmac.compare_digest(
            signature.encode("utf-8", "replace"), _signature(self.link_key, said).encode()
        )
        return frozenset({GroupId(said)}) if genuine else frozenset()


def _guest(visitor: Visitor) -> Actor:
    if not visitor.signed:
        return GUEST
    [group] = visitor.signed
    return Actor(f"guest:{group}", signed=visitor.signed)


def _signature(key: bytes, said: str) -> str:
    digest = hmac.digest(key, said.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
