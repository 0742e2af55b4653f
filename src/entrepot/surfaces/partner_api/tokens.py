"""Tokens: an app exchanges a code, and later its refresh token, for an access token."""

import base64
import hashlib
import hmac
from collections.abc import Callable

from starlette.datastructures import QueryParams

from entrepot.contexts import identity, integrations
from entrepot.contexts.integrations import (
    App,
    AppId,
    AppKind,
    AppState,
    CodeRefused,
    RefreshRefused,
    Tokens,
)
from entrepot.kernel import clock
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx
from entrepot.surfaces.parts import Parts

from . import codes, signing
from .codes import Code, Refused
from .envelope import Answer, Data, answered, declined, new_request_id
from .keys import APP_SECRETS, OPEN_IDS

USER_TYPES = {AppKind.SELLER: 0, AppKind.CREATOR: 1, AppKind.PARTNER: 3}


def get(parts: Parts, query: QueryParams) -> Answer:
    """`/api/v2/token/get`: a code becomes tokens, once."""
    return _answered(
        parts, query, "authorized_code", lambda tx, app: _redeemed(tx, app, query["auth_code"])
    )


def refresh(parts: Parts, query: QueryParams) -> Answer:
    """`/api/v2/token/refresh`: a refresh token becomes new tokens, and is dead."""
    return _answered(
        parts, query, "refresh_token", lambda tx, app: _renewed(tx, app, query["refresh_token"])
    )


def _answered(
    parts: Parts, query: QueryParams, grant_type: str, issue: Callable[[Tx, AppId], Tokens]
) -> Answer:
    request_id = new_request_id(clock.real())
    wanted = {"app_key", "app_secret", "grant_type"}
    wanted.add("auth_code" if grant_type == "authorized_code" else "refresh_token")

    def do(tx: Tx) -> Data:
        app = _known(parts, tx, query["app_key"], query["app_secret"])
        return _told(parts, tx, app, issue(tx, app.id))

    try:
        for name in sorted(wanted):
            if not query.get(name) or "\0" in query[name]:
                raise codes.invalid(name, "this parameter is required")
        if query["grant_type"] != grant_type:
            raise codes.invalid("grant_type", f"use {grant_type}")
        actor = parts.platform("partner.tokens")
        return answered(request_id, parts.work.run(actor, "partner.tokens", do))
    except Refused as refusal:
        return declined(request_id, refusal)
    except Problem as problem:
        return declined(request_id, codes.refused(problem))


def _known(parts: Parts, tx: Tx, key: str, secret: str) -> App:
    app = integrations.app_of_key(tx, key)
    if app is None or app.state is not AppState.ACTIVE:
        raise Refused(Code.INVALID_PARAMETER, "Invalid credentials. Invalid app_key.")
    expected = integrations.app_secret(parts.keys.of(APP_SECRETS), app.id, app.generation)
    if not signing.genuine(secret, expected):
        raise Refused(Code.INVALID_CREDENTIALS, "Invalid credentials. Invalid app_secret.")
    return app


def _redeemed(tx: Tx, app_id: AppId, code: str) -> Tokens:
    try:
        return integrations.redeem(tx, app_id, code)
    except CodeRefused as refusal:
        raise Refused(Code.INVALID_AUTH_CODE, f"Invalid auth_code. {refusal}") from refusal


def _renewed(tx: Tx, app_id: AppId, token: str) -> Tokens:
    try:
        return integrations.refresh(tx, app_id, token)
    except RefreshRefused as refusal:
        raise Refused(Code.INVALID_AUTH_CODE, f"Invalid refresh_token. {refusal}") from refusal


def _told(parts: Parts, tx: Tx, app: App, tokens: Tokens) -> Data:
    """Both tokens with the instants at which they end, and for whom they are."""
    granted = tokens.authorisation
    organisation = identity.known(tx, [granted.organisation_id])[granted.organisation_id]
    said = f"{int(app.id)}.{int(organisation.id)}".encode()
    open_id = hmac.digest(parts.keys.of(OPEN_IDS), said, hashlib.sha256)[:24]
    return {
        "access_token": tokens.access,
        "access_token_expire_in": int(granted.access_ends_at.timestamp()),
        "refresh_token": tokens.refresh,
        "refresh_token_expire_in": int(granted.ends_at.timestamp()),
        "open_id": base64.urlsafe_b64encode(open_id).decode(),
        "seller_name": organisation.name,
        "seller_base_region": organisation.country,
        "user_type": USER_TYPES[granted.kind],
        "granted_scopes": [*granted.scopes],
    }
