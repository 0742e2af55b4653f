"""From a request to its answer: who asks is believed only after the signature was looked at."""

import time
from datetime import datetime, timedelta
from typing import Any

import anyio
import anyio.to_thread
import structlog
from sqlalchemy import Connection
from starlette.types import Receive, Scope, Send

from entrepot import observability
from entrepot.contexts.integrations import app_secret, claimed_shop, is_cipher
from entrepot.kernel import clock
from entrepot.kernel.access import Actor
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx
from entrepot.surfaces import troubles
from entrepot.surfaces.parts import Parts
from entrepot.surfaces.troubles import Trouble
from entrepot.views import partners
from entrepot.views.partners import Caller, KnownApp

from . import codes, requests, signing
from .codes import Code, Refused
from .envelope import Answer, Data, answered, declined, new_request_id
from .keys import APP_SECRETS, CIPHERS
from .limits import Headers, Limits, TooManyRequests
from .operations import Ask, Operation
from .requests import Gone, Request
from .routes import Routes
from .scopes import Powers

log = structlog.get_logger()

EARLIEST, LATEST = timedelta(minutes=5), timedelta(seconds=30)  # Around real time.
SAFE = [
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
]
# Enough that the database works while answers are written, also where it is waited for. More only
# share one interpreter: the slowest then wait more than twice as long as most.
READERS = 6
NOWHERE = "unknown"  # The route of what is none, in the figures.


class Dispatch:
    """The operations as an ASGI application."""

    def __init__(self, parts: Parts, routes: Routes) -> None:
        self.parts, self.routes = parts, routes
        self.limits = Limits(parts.settings.partner_rate)
        self._readers = anyio.CapacityLimiter(READERS)
        self._powers = Powers(parts.rules)
        self._app_secrets = parts.keys.of(APP_SECRETS)
        self._ciphers = parts.keys.of(CIPHERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read, answer on a thread, write."""
        began, at, route = time.perf_counter(), clock.real(), NOWHERE
        request_id = new_request_id(at)
        try:
            operation, path = self.routes.find(scope["method"], scope["path"])
            route = operation.path
            request = await requests.read(scope, receive, operation)
            call = _Call(self, operation, path, request, at)
            answer = await self._answer(call, request_id)
        except Gone:
            return
        except Refused as refusal:
            answer = declined(request_id, refusal)
        took = time.perf_counter() - began
        observability.REQUESTS.labels(route, scope["method"], str(answer.status)).observe(took)
        if answer.code:
            log.info("partner.refused", operation=route, request_id=request_id, code=answer.code)
        headers = [*answer.headers, *SAFE, (b"content-length", str(len(answer.body)).encode())]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, call: "_Call", request_id: str) -> Answer:
        """On a thread; reads take turns, as they came: each has to be let go on several times."""
        if not call.operation.reads:
            return await anyio.to_thread.run_sync(call.answer, request_id)
        async with self._readers:
            return await anyio.to_thread.run_sync(call.answer, request_id)

    def power(self, caller: Caller, at: datetime) -> Actor:
        """The app as an actor: what its organisation's owner may, cut down by the scopes."""
        within = caller.organisation_id
        grants = self._powers.grants(caller.kind, caller.scopes, within, at.date())
        return Actor(f"app:{caller.app_id}", grants)

    def check_signature(self, request: Request, app: KnownApp) -> None:
        """The signature must be the app's own."""
        secret = app_secret(self._app_secrets, app.id, app.generation)
        body = None if request.is_multipart else request.body
        expected = signing.signature(secret, request.raw_path, request.pairs, body)
        if not signing.genuine(request.said("sign"), expected):
            raise Refused(
                Code.INVALID_SIGN, "Invalid credentials. The sign query parameter is invalid."
            )

    def owns(self, app: KnownApp, cipher: str) -> bool:
        """Whether a cipher was made for this app."""
        return is_cipher(self._ciphers, app.id, cipher)


class _Call:
    """One request on its way through its thread."""

    def __init__(
        self,
        dispatch: Dispatch,
        operation: Operation,
        path: dict[str, str],
        request: Request,
        at: datetime,
    ) -> None:
        self.dispatch, self.operation, self.path = dispatch, operation, path
        self.request, self.at = request, at
        self.headers: Headers = []
        self.caller: Caller | None = None

    def answer(self, request_id: str) -> Answer:
        """The answer, whatever happens."""
        try:
            answer = answered(request_id, self._done())
        except TooManyRequests as refusal:
            self.headers = refusal.headers
            answer = declined(request_id, refusal)
        except Refused as refusal:
            answer = declined(request_id, refusal)
        except Problem as problem:
            answer = declined(request_id, codes.refused(problem))
        except Exception as error:  # noqa: BLE001 - the last one who can tell the client anything.
            answer = declined(request_id, self._failed(error, request_id))
        answer.headers.extend(self.headers)
        return answer

    def _done(self) -> Data | None:
        check_frame(self.request, self.at)
        handler = self.operation.handler
        if not self.operation.outside:
            return self._run(lambda tx: handler(self._ask(tx)))  # type: ignore[no-any-return]
        self._run(lambda tx: None)
        return handler(self._ask(None))

    def _ask(self, inside: Tx | None) -> Ask[Any, Any]:
        """Read only now: who is nobody learns nothing about parameters and bodies."""
        assert self.caller is not None, "resolved as the first statement of the work"
        return Ask(
            parts=self.dispatch.parts,
            operation=self.operation,
            caller=self.caller,
            path=self.path,
            query=requests.parsed_query(self.operation, self.request),
            body=requests.parsed_body(self.operation, self.request),
            files=self.request.files,
            work=self._run,
            inside=inside,
        )

    def _run(self, do: Any) -> Any:
        name = f"partner {self.operation.method} {self.operation.path}"
        return self.dispatch.parts.work.run(self._who, name, do)

    def _who(self, sql: Connection) -> Actor:
        """The first statement of each unit of work: what was revoked is gone at once."""
        request, dispatch = self.request, self.dispatch
        cipher = request.said("shop_cipher") if self.operation.shop else ""
        key, shop_id = request.said("app_key"), claimed_shop(cipher)
        app, caller = partners.caller(sql, key, request.token, shop_id)
        if app is None or not app.active:
            raise Refused(Code.INVALID_PARAMETER, "Invalid credentials. Invalid app_key.")
        dispatch.check_signature(request, app)
        if self.caller is None:
            about = caller.shop.id if caller and caller.shop else 0
            self.headers = dispatch.limits.take((app.id, about))
        self.caller = self._allowed(app, caller, cipher)
        return dispatch.power(self.caller, self.at)

    def _allowed(self, app: KnownApp, caller: Caller | None, cipher: str) -> Caller:
        if caller is None or caller.revoked:
            raise Refused(
                Code.INVALID_TOKEN,
                "Invalid credentials. The x-tts-access-token header is invalid.",
            )
        if caller.access_ends_at <= self.at:
            raise Refused(
                Code.EXPIRED_TOKEN,
                "Expired credentials. The x-tts-access-token header has expired.",
            )
        scope = self.operation.scope
        if scope is not None and scope not in caller.scopes:
            raise Refused(Code.ACCESS_DENIED, f"Access denied. The scope {scope} is not granted.")
        if self.operation.shop and not cipher:
            raise Refused(Code.MISSING_CIPHER, "Missing identifier. Send a shop_cipher.")
        if self.operation.shop and (caller.shop is None or not self.dispatch.owns(app, cipher)):
            raise Refused(Code.INVALID_CIPHER, "Invalid identifier. The shop_cipher is invalid.")
        return caller

    def _failed(self, error: Exception, request_id: str) -> Refused:
        match troubles.of(error):
            case Trouble.INPUT:
                return codes.invalid("body", "values that can be kept")
            case Trouble.WAIT | Trouble.AGAIN:
                return Refused(Code.TIMEOUT, "Request timeout. Try again.", retry_after_s=1)
        observability.failed("partner", error)
        log.error(
            "partner.failed",
            operation=self.operation.path,
            request_id=request_id,
            exc_info=error,
        )
        return Refused(Code.INTERNAL, "Internal error. Nothing was kept.")


def check_frame(request: Request, at: datetime) -> None:
    """What can be judged without asking anybody."""
    if not request.said("app_key"):
        raise Refused(Code.INVALID_PARAMETER, "Missing credentials. Send app_key.")
    if not request.said("sign"):
        raise Refused(Code.INVALID_PARAMETER, "Missing credentials. Send a signature in sign.")
    if not request.token:
        raise Refused(Code.INVALID_PARAMETER, "Missing credentials. Send x-tts-access-token.")
    said = request.said("timestamp")
    if not (said.isascii() and said.isdigit() and len(said) <= 12):
        raise Refused(Code.INVALID_PARAMETER, "Invalid timestamp. Send seconds since 1970.")
    when = int(said)
    now = at.timestamp()
    if when < now - EARLIEST.total_seconds():
        raise Refused(
            Code.INVALID_PARAMETER, "Invalid timestamp. It is more than 5 minutes in the past."
        )
    if when > now + LATEST.total_seconds():
        raise Refused(
            Code.INVALID_PARAMETER, "Invalid timestamp. It is more than 30 seconds ahead."
        )
