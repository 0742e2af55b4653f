"""`/open/authorizations`: people see which apps they let in, and shut them out."""

import hmac
import html

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from entrepot.contexts import identity, integrations
from entrepot.contexts.integrations import Authorisation, AuthorisationId
from entrepot.kernel.problems import Problem, Unauthenticated, only
from entrepot.kernel.tx import Tx
from entrepot.surfaces.api.visitors import Visitor

from .consent import Consent, Form, same_origin
from .pages import Page, fault, hidden

PURPOSE = "authorizations"
Rows = list[tuple[Authorisation, str, str]]  # With the names of app and organisation.


def page(consent: Consent, request: Request, form: Form) -> Response:
    """The list; a form of it shuts one app out."""
    drawn = Page(request)
    visitor = consent.door.visitor(request)
    if request.method == "POST":
        said = dict(form)
        given = said.get("form", "").encode("utf-8", "replace")
        genuine = hmac.compare_digest(given, _token(consent, visitor).encode())
        if not (visitor.by_cookie and genuine and same_origin(request)):
            return drawn.drawn(drawn.word("apps"), [fault(drawn.word("stale"))], status=400)
        return _revoked(consent, visitor, drawn, said.get("authorisation", ""))
    try:
        rows = _rows(consent, visitor)
    except Unauthenticated:
        return drawn.drawn(drawn.word("apps"), [f"<p>{drawn.word('no_apps')}</p>"], status=401)
    return drawn.drawn(drawn.word("apps"), _table(consent, visitor, drawn, rows))


def _revoked(consent: Consent, visitor: Visitor, drawn: Page, said: str) -> Response:
    def do(tx: Tx) -> None:
        only(integrations.revoke(tx, [AuthorisationId.parse(said)]))

    try:
        consent.parts.work.run(consent.door.who(visitor), "consent.revoke", do)
    except (Problem, ValueError):
        return drawn.drawn(drawn.word("apps"), [fault(drawn.word("stale"))], status=404)
    return RedirectResponse(drawn.request.url.path, 303)


def _rows(consent: Consent, visitor: Visitor) -> Rows:
    def find(tx: Tx) -> Rows:
        if tx.actor.person is None:
            raise Unauthenticated("sign in first")
        live = [one for one in integrations.page(tx) if one.revoked_at is None]
        apps = integrations.known_apps(tx, [one.app_id for one in live])
        places = identity.known(tx, [one.organisation_id for one in live])
        return [(one, apps[one.app_id].name, places[one.organisation_id].name) for one in live]

    return consent.parts.work.run(consent.door.who(visitor), "consent.list", find)


def _table(consent: Consent, visitor: Visitor, drawn: Page, rows: Rows) -> list[str]:
    if not rows:
        return [f"<p>{drawn.word('no_apps')}</p>"]
    token = hidden("form", _token(consent, visitor))
    heads = "".join(f"<th>{drawn.word(name)}</th>" for name in ("app", "organisation", "until"))
    lines = [
        f"<tr><td>{html.escape(app)}</td><td>{html.escape(place)}</td>"
        f"<td>{one.ends_at:%Y-%m-%d}</td><td><form method=post>{token}"
        f"{hidden('authorisation', str(int(one.id)))}"
        f"<button>{drawn.word('revoke')}</button></form></td></tr>"
        for one, app, place in rows
    ]
    return [f"<table><tr>{heads}<th></th></tr>", *lines, "</table>"]


def _token(consent: Consent, visitor: Visitor) -> str:
    return consent.token(visitor.credential or "", PURPOSE)
