"""Signing in and out."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Request, Response
from pydantic import Field, SecretStr, StringConstraints

from entrepot.contexts import identity
from entrepot.contexts.identity import (
    Membership,
    OpenedSession,
    OrganisationId,
    PersonId,
    SessionId,
    SignIn,
    TokenId,
)
from entrepot.kernel.problems import Unauthenticated, only
from entrepot.kernel.tx import Tx

from .calls import Call, ThisCall
from .problems import refusals
from .routing import noun
from .views import Asked, Text, View, example
from .visitors import COOKIE

router = noun(tag="sessions")

Email = Annotated[str, StringConstraints(min_length=3, max_length=254, pattern=r"^[^\x00]*$")]
UNKNOWN_ADDRESS = "unknown"


class AskSession(Asked):
    model_config = example({"email": "ann@example.org", "password": "correct horse battery"})

    email: Email
    password: Annotated[SecretStr, Field(max_length=1_000)]


class SessionView(View):
    """A session: its token works as a cookie, which is set, or as a bearer token."""

    session_id: SessionId
    person_id: PersonId
    token: str
    ends_at: datetime
    roles: list["RoleView"]


class RoleView(View):
    organisation_id: OrganisationId
    role: str


class MeView(View):
    """Who is signed in, where they belong, and what they may do."""

    actor: str
    person_id: PersonId | None
    roles: list[RoleView]
    permissions: list[str]


class AskToken(Asked):
    model_config = example(
        {
            "organisation_id": "144115188075855873",
            "name": "ERP",
            "scopes": ["order:read"],
            "days": 90,
        }
    )

    organisation_id: OrganisationId
    name: Text
    scopes: Annotated[list[Text], Field(min_length=1, max_length=100)]
    days: Annotated[int, Field(ge=1, le=366)] = 90


class TokenView(View):
    """A token as its owners see it; `secret` is told this one time."""

    id: TokenId
    organisation_id: OrganisationId
    name: str
    prefix: str
    scopes: list[str]
    ends_at: datetime
    revoked_at: datetime | None = None
    secret: str | None = None


@router.post(
    "/sessions",
    status_code=201,
    responses=refusals(identity.WrongCredentials, identity.TooManySignIns),
)
def open_session(
    body: AskSession, request: Request, response: Response, call: ThisCall
) -> SessionView:
    """Sign in. The session ends the one whose cookie came along."""
    address = request.client.host if request.client else UNKNOWN_ADDRESS
    guest = call.parts.work
    refusal = guest.run(
        lambda _: identity.GUEST,
        "sessions.count",
        lambda tx: identity.count_attempt(tx, body.email, address),
    )
    if refusal is not None:
        raise refusal
    wish = SignIn(email=body.email, password=body.password.get_secret_value())

    def sign_in(tx: Tx) -> SessionView:
        if call.visitor.by_cookie and call.visitor.credential:
            identity.sign_out(tx, call.visitor.credential)
        return opened_of(tx, identity.sign_in(tx, wish))

    opened = guest.run(lambda _: identity.GUEST, "sessions.open", sign_in)
    set_cookie(response, call, opened.token, opened.ends_at)
    return opened


@router.post("/sessions/rotation", status_code=201, responses=refusals(Unauthenticated))
def rotate_session(response: Response, call: ThisCall) -> SessionView:
    """Give the session another secret; the old one is dead at once."""

    def rotate(tx: Tx) -> SessionView:
        return opened_of(tx, identity.rotate(tx, call.visitor.credential or ""))

    opened = call.signed_in(rotate)
    set_cookie(response, call, opened.token, opened.ends_at)
    return opened


@router.delete("/sessions", status_code=204)
def close_session(response: Response, call: ThisCall) -> None:
    """Sign out; without a session there is nothing to end, which is as well."""
    secret = call.visitor.credential
    if secret is not None:
        call.parts.work.run(
            lambda _: identity.GUEST, "sessions.close", lambda tx: identity.sign_out(tx, secret)
        )
    response.delete_cookie(COOKIE, path="/")


@router.get("/me")
def who_am_i(call: ThisCall) -> MeView:
    """Who this request is from."""

    def show(tx: Tx) -> MeView:
        person = tx.actor.person
        return MeView(
            actor=tx.actor.name,
            person_id=person,
            roles=_roles(tx, person) if person else [],
            permissions=sorted({grant.permission for grant in tx.actor.grants}),
        )

    return call.run(show)


@router.get("/tokens")
def list_tokens(call: ThisCall) -> list[TokenView]:
    """The API tokens of one's organisations."""
    return call.signed_in(
        lambda tx: [TokenView.model_validate(token) for token in identity.tokens(tx)]
    )


@router.post("/tokens", status_code=201, responses=refusals(identity.NotYours))
def issue_token(body: AskToken, call: ThisCall) -> TokenView:
    """Issue a token for a program; its secret is shown once, so no key repeats this call."""
    wish = identity.NewToken(
        organisation_id=body.organisation_id,
        name=body.name,
        scopes=tuple(body.scopes),
        lasts=timedelta(days=body.days),
    )

    def issue(tx: Tx) -> TokenView:
        issued = only(identity.issue_tokens(tx, [wish]))
        return TokenView.model_validate(issued.token).model_copy(update={"secret": issued.secret})

    return call.signed_in(issue)


@router.delete("/tokens/{token_id}", responses=refusals(identity.TokenNotFound))
def revoke_token(token_id: TokenId, call: ThisCall) -> TokenView:
    """End a token at once."""
    return call.signed_in(
        lambda tx: TokenView.model_validate(only(identity.revoke_tokens(tx, [token_id])))
    )


def opened_of(tx: Tx, opened: OpenedSession) -> SessionView:
    """A new session with the roles of whose it is."""
    return SessionView(
        session_id=opened.id,
        person_id=opened.person_id,
        token=opened.secret,
        ends_at=opened.ends_at,
        roles=_roles(tx, opened.person_id),
    )


def _roles(tx: Tx, person: PersonId) -> list[RoleView]:
    found: list[Membership] = identity.memberships(tx, [person])
    return [RoleView.model_validate(membership) for membership in found]


def set_cookie(response: Response, call: Call, secret: str, ends_at: datetime) -> None:
    """Let the browser send the session by itself, to us alone."""
    response.set_cookie(
        COOKIE,
        secret,
        expires=ends_at,
        path="/",
        httponly=True,
        samesite="strict",
        secure=call.parts.settings.public_url.startswith("https://"),
    )
