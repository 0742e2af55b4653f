"""The consent page: a person lets an app act for an organisation, or does not.

The cookie of a session is strict: a browser that comes from the app's own site does not send it
with the first request. A page that leads to itself brings it along.
"""

import hashlib
import hmac
import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from entrepot.contexts import identity, integrations
from entrepot.contexts.identity import Kind, Organisation, TooManySignIns, WrongCredentials
from entrepot.contexts.integrations import App, AppId, AppKind, AppState, Grant, NothingGranted
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.problems import Problem, Unauthenticated
from entrepot.kernel.tx import Tx
from entrepot.surfaces.api.visitors import COOKIE, Door, Visitor
from entrepot.surfaces.parts import Parts

from .keys import CONSENT_FORMS
from .pages import Page, fault, hidden
from .scopes import CREATORS_BEGIN, PARTNERS_BEGIN

KINDS = {
    Kind.MERCHANT: AppKind.SELLER,
    Kind.CREATOR: AppKind.CREATOR,
    Kind.PROVIDER: AppKind.PARTNER,
}
AGAIN = "again"
LONGEST_STATE = 1_000
Form = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Consent:
    """The pages of one installation."""

    parts: Parts
    door: Door

    def authorize(self, request: Request, form: Form) -> Response:
        """For sellers and partners: `/open/authorize`."""
        return self._page(request, form, {AppKind.SELLER, AppKind.PARTNER})

    def creators(self, request: Request, form: Form) -> Response:
        """For creators: `/alliance/creator/auth`."""
        return self._page(request, form, {AppKind.CREATOR})

    def _page(self, request: Request, form: Form, kinds: set[AppKind]) -> Response:
        page = Page(request)
        app = self._app(request.query_params)
        if app is None or not kinds & {*app.kinds}:
            return page.drawn(page.word("unknown"), [_p(page.word("unknown_lead"))], status=404)
        asked = _Asked(self, page, app, kinds & {*app.kinds})
        said = dict(form)
        if request.method == "GET":
            return asked.shown()
        if not same_origin(request):
            return asked.shown(page.word("stale"), 400)
        if said.get("do") == "sign_in":
            return asked.signed_in(said)
        return asked.decided(form)

    def _app(self, query: Mapping[str, str]) -> App | None:
        """An app by its key, or by its number, which is called a service there."""
        key, service = query.get("app_key", ""), query.get("service_id", "")

        def find(tx: Tx) -> App | None:
            if key:
                return integrations.app_of_key(tx, key)
            try:
                id = AppId.parse(service)
            except ValueError:
                return None
            return integrations.known_apps(tx, [id]).get(id)

        if "\0" in key:
            return None
        found = self.parts.work.run(self.parts.platform("consent"), "consent.app", find)
        return found if found is not None and found.state is AppState.ACTIVE else None

    def token(self, secret: str, *about: str) -> str:
        """What only a page that we drew for this session can send back."""
        said = "\0".join((secret, *about)).encode("utf-8", "replace")
        return hmac.new(self.parts.keys.of(CONSENT_FORMS), said, hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class _Asked:
    """One app asking one person."""

    consent: Consent
    page: Page
    app: App
    kinds: set[AppKind]

    @property
    def request(self) -> Request:
        return self.page.request

    @property
    def state(self) -> str:
        return self.request.query_params.get("state", "")[:LONGEST_STATE]

    def shown(self, trouble: str = "", status: int = 200) -> Response:
        """The question; before it the sign-in, if nobody is signed in."""
        visitor = self.consent.door.visitor(self.request)
        if not visitor.by_cookie and AGAIN not in self.request.query_params:
            return self._bounced()
        places = self._places(visitor)
        if places is None:
            return self._sign_in(trouble, status)
        if not places:
            return self.page.drawn(self._title, [_p(self.page.word("none"))], status=403)
        return self._question(visitor, places, trouble, status)

    def signed_in(self, said: Mapping[str, str]) -> Response:
        """Sign in, and ask again as somebody."""
        parts = self.consent.parts
        email, password = said.get("email", "")[:254], said.get("password", "")[:1_000]
        if "\0" in email:
            return self._sign_in(self.page.word("wrong"), 401)
        address = self.request.client.host if self.request.client else "unknown"
        refusal = parts.work.run(
            lambda _: identity.GUEST,
            "consent.count",
            lambda tx: identity.count_attempt(tx, email, address),
        )
        try:
            if refusal is not None:
                raise refusal
            wish = identity.SignIn(email=email, password=password)
            opened = parts.work.run(
                lambda _: identity.GUEST, "consent.sign_in", lambda tx: identity.sign_in(tx, wish)
            )
        except TooManySignIns:
            return self._sign_in(self.page.word("wait"), 429)
        except WrongCredentials:
            return self._sign_in(self.page.word("wrong"), 401)
        answer = RedirectResponse(self._here(), 303)
        answer.set_cookie(
            COOKIE,
            opened.secret,
            expires=opened.ends_at,
            path="/",
            httponly=True,
            samesite="strict",
            secure=parts.settings.public_url.startswith("https://"),
        )
        return answer

    def decided(self, form: Form) -> Response:
        """Send the person back to the app, with a code or without."""
        said = dict(form)
        visitor = self.consent.door.visitor(self.request)
        genuine = visitor.by_cookie and hmac.compare_digest(
            said.get("form", "").encode("utf-8", "replace"), self._token(visitor).encode()
        )
        if not genuine:
            return self.shown(self.page.word("stale"), 400)
        if said.get("do") != "approve":
            return self._back(error="access_denied")
        scopes = tuple(value for name, value in form if name == "scope")
        try:
            code = self._granted(visitor, said.get("organisation", ""), scopes)
        except NothingGranted:
            return self.shown(self.page.word("nothing"), 422)
        except Problem:
            return self.shown(self.page.word("stale"), 403)
        return self._back(app_key=self.app.key, code=code, locale=self.page.language)

    def _granted(self, visitor: Visitor, place: str, scopes: tuple[str, ...]) -> str:
        places = {str(int(one.id)): one for one in self._places(visitor) or []}
        if place not in places:
            raise Unauthenticated("this is not an organisation of yours")
        chosen = places[place]
        grant = Grant(
            app_id=self.app.id,
            organisation_id=chosen.id,
            kind=KINDS[chosen.kind],
            scopes=tuple(one for one in scopes if fits(one, KINDS[chosen.kind])),
        )
        return self.consent.parts.work.run(
            self.consent.door.who(visitor),
            "consent.grant",
            lambda tx: integrations.consent(tx, grant),
        )

    def _places(self, visitor: Visitor) -> list[Organisation] | None:
        """The organisations for which this person may let the app in; None: nobody is known."""
        if not visitor.by_cookie:
            return None

        def find(tx: Tx) -> list[Organisation] | None:
            if tx.actor.person is None:
                return None
            may = tx.actor.places(integrations.Permission.AUTHORISATION_EDIT)
            found = identity.known(tx, [OrganisationId(place) for place in may])
            return [one for one in found.values() if KINDS.get(one.kind) in self.kinds]

        try:
            return self.consent.parts.work.run(
                self.consent.door.who(visitor), "consent.places", find
            )
        except Unauthenticated:
            return None

    def _question(
        self, visitor: Visitor, places: list[Organisation], trouble: str, status: int
    ) -> Response:
        page, kinds = self.page, {KINDS[one.kind] for one in places}
        options = "".join(
            f'<option value="{int(one.id)}">{html.escape(one.name)}</option>' for one in places
        )
        boxes = [
            f'<label><input type="checkbox" name="scope" value="{html.escape(scope)}" checked> '
            f"{page.scope(scope)}<small>{html.escape(scope)}</small></label>"
            for scope in self.app.scopes
            if any(fits(scope, kind) for kind in kinds)
        ]
        host = urlsplit(self.app.redirect_url).netloc
        body = [
            fault(trouble) if trouble else "",
            _p(page.word("lead")),
            f'<form method="post" action="{html.escape(self._here())}">',
            hidden("form", self._token(visitor)),
            f"<label>{page.word('for')}<select name=organisation>{options}</select></label>",
            f"<fieldset><legend>{page.word('may')}</legend>",
            *boxes,
            "</fieldset>",
            f'<button class="main" name="do" value="approve">{page.word("approve")}</button>',
            f'<button name="do" value="deny">{page.word("deny")}</button>',
            "</form>",
            _p(page.word("leads_to", host=host)),
        ]
        return page.drawn(self._title, body, status=status, to=self.app.redirect_url)

    def _sign_in(self, trouble: str, status: int) -> Response:
        page = self.page
        body = [
            fault(trouble) if trouble else "",
            _p(page.word("sign_in_first", app=self.app.name)),
            f'<form method="post" action="{html.escape(self._here())}">',
            f"<label>{page.word('email')}{_input('email', 'username')}</label>",
            f"<label>{page.word('password')}{_input('password', 'current-password')}</label>",
            f'<button class="main" name="do" value="sign_in">{page.word("sign_in")}</button>',
            "</form>",
        ]
        return page.drawn(page.word("sign_in"), body, status=status)

    def _bounced(self) -> Response:
        here = html.escape(self._here())
        head = f'<meta http-equiv="refresh" content="0; url={here}">'
        link = f'<p><a href="{here}">{self.page.word("continue")}</a></p>'
        return self.page.drawn(self._title, [link], head=head)

    @property
    def _title(self) -> str:
        return self.page.word("consent", app=self.app.name)

    def _here(self) -> str:
        known = ("app_key", "service_id", "state", "lang")
        given = self.request.query_params
        query = {name: given[name] for name in known if name in given}
        return f"{self.request.url.path}?{urlencode({**query, AGAIN: '1'})}"

    def _token(self, visitor: Visitor) -> str:
        return self.consent.token(visitor.credential or "", self.app.key, self.state)

    def _back(self, **answer: str) -> Response:
        """To the address that was registered, and to no other."""
        query = urlencode({**answer, **({"state": self.state} if self.state else {})})
        joined = "&" if urlsplit(self.app.redirect_url).query else "?"
        headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
        return RedirectResponse(f"{self.app.redirect_url}{joined}{query}", 303, headers=headers)


def fits(scope: str, kind: AppKind) -> bool:
    """Whether a scope is about what organisations of this kind have."""
    begins = {AppKind.CREATOR: CREATORS_BEGIN, AppKind.PARTNER: PARTNERS_BEGIN}.get(kind)
    if begins is not None:
        return scope.startswith(begins)
    return not scope.startswith((CREATORS_BEGIN, PARTNERS_BEGIN))


def same_origin(request: Request) -> bool:
    """Whether a form was sent from a page of this server, as far as the browser tells."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _input(name: str, fill: str) -> str:
    return f'<input type="{name}" name="{name}" autocomplete="{fill}" required>'


def _p(text: str) -> str:
    return f"<p>{text}</p>"
