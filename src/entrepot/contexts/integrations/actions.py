"""What is done with apps and authorisations."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from entrepot.contexts import identity
from entrepot.kernel import clock
from entrepot.kernel.events import emit
from entrepot.kernel.ids import new_ids
from entrepot.kernel.problems import BadInput, Problem
from entrepot.kernel.tx import Tx

from . import access, store
from .access import Permission
from .events import AppAuthorised, AuthorisationExpiring, AuthorisationRevoked
from .model import (
    ACCESS_LASTS,
    ACCESS_MARK,
    AUTHORISATION_LASTS,
    CODE_LASTS,
    CODE_MARK,
    MOST_SCOPES,
    REFRESH_MARK,
    WARNED_BEFORE,
    App,
    AppId,
    AppKind,
    AppState,
    Authorisation,
    AuthorisationId,
    Grant,
    NewApp,
    Tokens,
    common,
    digest,
    new_key,
    new_secret,
)
from .problems import (
    AppNotFound,
    AppRevoked,
    AuthorisationNotFound,
    CodeRefused,
    NothingGranted,
    RefreshRefused,
)

AT_MOST = 500  # Warnings in one unit of work.
KINDS = {
    AppKind.SELLER: identity.Kind.MERCHANT,
    AppKind.CREATOR: identity.Kind.CREATOR,
    AppKind.PARTNER: identity.Kind.PROVIDER,
}


def register(tx: Tx, wishes: Sequence[NewApp]) -> list[App | Problem]:
    """Register apps; their secrets follow from what is stored."""
    access.demand(tx, Permission.APP_EDIT)
    ids = new_ids(tx.sql, AppId, len(wishes))
    outcomes = [_registered(id, wish) for id, wish in zip(ids, wishes, strict=True)]
    made = [one for one in outcomes if isinstance(one, App)]
    store.add_apps(tx, made)
    _audit(tx, "integrations.register", made)
    return outcomes


def rotate(tx: Tx, ids: Sequence[AppId]) -> list[App | Problem]:
    """Give apps another secret; the old one is dead at once."""
    return _changed(tx, ids, "integrations.rotate")


def revoke_apps(tx: Tx, ids: Sequence[AppId]) -> list[App | Problem]:
    """Shut apps out for good, with everything that was granted to them."""
    outcomes = _changed(tx, ids, "integrations.revoke_app")
    gone = [one.id for one in outcomes if isinstance(one, App)]
    _revoke(tx, [one.id for one in store.live_of_apps(tx, gone)])
    return outcomes


def consent(tx: Tx, grant: Grant) -> str:
    """Let an app in on behalf of an organisation; returns the code with which it fetches tokens."""
    checked = _checked(tx, grant)
    if tx.actor.in_person is None:
        raise access.refusal(Permission.AUTHORISATION_EDIT)
    code = new_secret(CODE_MARK)
    store.add_code(tx, digest(code), checked, clock.real() + CODE_LASTS)
    return code


def redeem(tx: Tx, app_id: AppId, code: str) -> Tokens:
    """Exchange a code for tokens. It works once, and only for the app that it was given to."""
    at = clock.real()
    row = store.take_code(tx, digest(code), app_id)
    if row is None or row.ends_at <= at:
        raise CodeRefused
    grant = Grant(
        app_id=row.app_id,
        organisation_id=row.organisation_id,
        kind=AppKind(row.kind),
        scopes=tuple(row.scopes),
    )
    return _issued(tx, grant, at, granted_by=row.granted_by)


def authorise(tx: Tx, grant: Grant) -> Tokens:
    """Let an app in and issue its tokens in one step, without a page: for sandboxes."""
    return _issued(tx, _checked(tx, grant), clock.real(), granted_by=tx.actor.person)


def refresh(tx: Tx, app_id: AppId, token: str) -> Tokens:
    """Exchange a refresh token for new tokens; the old ones are dead at once.

    The end of the authorisation stays: whoever granted it is asked again once a year.
    """
    at = clock.real()
    fresh, columns = _fresh(at)
    found = store.exchange(tx, app_id, digest(token), at, **columns)
    if found is None:
        raise RefreshRefused
    return Tokens(authorisation=found, access=fresh[0], refresh=fresh[1])


def revoke(tx: Tx, ids: Sequence[AuthorisationId]) -> list[Authorisation | Problem]:
    """Shut apps out of organisations, at once. What has ended already stays as it is."""
    visible = access.visible_to(tx.actor)
    found = store.authorisations_by_ids(tx, ids, visible)
    may = Permission.AUTHORISATION_EDIT
    mine = {id for id, one in found.items() if tx.actor.may(may, one.organisation_id)}
    _revoke(tx, sorted(mine))
    after = store.authorisations_by_ids(tx, mine, visible)
    return [
        after[id]
        if id in after
        else access.refusal(may)
        if id in found
        else AuthorisationNotFound(id)
        for id in ids
    ]


def expire_access(tx: Tx, ids: Sequence[AuthorisationId]) -> None:
    """Let access tokens end now, as if their week were over; the refresh tokens still hold."""
    access.demand(tx, Permission.APP_EDIT)
    store.expire_access(tx, ids, clock.real())


def warn(tx: Tx) -> int:
    """Tell of authorisations that end within thirty days, each once in a day; how many."""
    at = clock.real()
    today = at.replace(hour=0, minute=0, second=0, microsecond=0)
    due = store.warn(tx, at, at + WARNED_BEFORE, today, AT_MOST)
    emit(tx, [AuthorisationExpiring(**_fact(tx, one), ends_at=one.ends_at) for one in due])
    return len(due)


def forget(tx: Tx) -> int:
    """Drop codes that nobody fetched; how many."""
    return store.forget_codes(tx, clock.real() - timedelta(days=1))


def _registered(id: AppId, wish: NewApp) -> App | Problem:
    if not wish.name.strip():
        return BadInput("name", "what merchants read when they are asked")
    if not wish.redirect_url.startswith(("https://", "http://")):
        return BadInput("redirect_url", "an address that begins with https:// or http://")
    if not wish.kinds:
        return BadInput("kinds", "name at least one of seller, creator, partner")
    if not 0 < len(wish.scopes) <= MOST_SCOPES:
        return BadInput("scopes", f"name 1 to {MOST_SCOPES} scopes")
    return App(
        id=id,
        key=new_key(),
        name=wish.name,
        redirect_url=wish.redirect_url,
        kinds=tuple(dict.fromkeys(wish.kinds)),
        scopes=tuple(sorted({*wish.scopes})),
        state=AppState.ACTIVE,
        generation=1,
        registered_at=clock.real(),
    )


def _changed(tx: Tx, ids: Sequence[AppId], action: str) -> list[App | Problem]:
    access.demand(tx, Permission.APP_EDIT)
    found = store.apps_by_ids(tx, ids)
    live = sorted(id for id, app in found.items() if app.state is AppState.ACTIVE)
    change = store.rotate if action == "integrations.rotate" else store.revoke_apps
    change(tx, live)
    _audit(tx, action, [found[id] for id in live])
    after = store.apps_by_ids(tx, live)
    return [after.get(id) or (AppRevoked(id) if id in found else AppNotFound(id)) for id in ids]


def _checked(tx: Tx, grant: Grant) -> Grant:
    """The grant, cut down to what the app asks for; refused to who cannot give it."""
    may, place = Permission.AUTHORISATION_EDIT, grant.organisation_id
    app = store.apps_by_ids(tx, [grant.app_id]).get(grant.app_id)
    if app is None or grant.kind not in app.kinds:
        raise AppNotFound(grant.app_id)
    if app.state is not AppState.ACTIVE:
        raise AppRevoked(app.id)
    organisation = identity.known(tx, [place]).get(place)
    if not tx.actor.may(may, place) or organisation is None:
        raise access.refusal(may)
    if organisation.kind is not KINDS[grant.kind]:
        raise BadInput("kind", f"{organisation.name} is a {organisation.kind}")
    scopes = common(grant.scopes, app.scopes)
    if not scopes:
        raise NothingGranted
    return Grant(app_id=app.id, organisation_id=place, kind=grant.kind, scopes=scopes)


def _issued(tx: Tx, grant: Grant, at: datetime, granted_by: Any) -> Tokens:
    fresh, columns = _fresh(at)
    [id] = new_ids(tx.sql, AuthorisationId, 1)
    columns |= {"ends_at": at + AUTHORISATION_LASTS, "granted_at": at, "granted_by": granted_by}
    saved = store.save_grant(tx, id, grant, **columns)
    emit(tx, [AppAuthorised(**_fact(tx, saved), ends_at=saved.ends_at)])
    identity.audit(tx, [_mark("integrations.authorise", saved)])
    return Tokens(authorisation=saved, access=fresh[0], refresh=fresh[1])


def _fresh(at: datetime) -> tuple[tuple[str, str], dict[str, Any]]:
    """Two new tokens, and what is stored of them."""
    tokens = new_secret(ACCESS_MARK), new_secret(REFRESH_MARK)
    stored = {"access": digest(tokens[0]), "refresh": digest(tokens[1])}
    return tokens, {**stored, "access_ends_at": at + ACCESS_LASTS}


def _revoke(tx: Tx, ids: Sequence[AuthorisationId]) -> None:
    at = clock.real()
    ended = store.revoke(tx, ids, at)
    emit(tx, [AuthorisationRevoked(**_fact(tx, one), revoked_at=at) for one in ended])
    identity.audit(tx, [_mark("integrations.revoke", one) for one in ended])


def _fact(tx: Tx, one: Authorisation) -> dict[str, Any]:
    return {
        "at": tx.now,
        "authorisation_id": one.id,
        "app_id": one.app_id,
        "organisation_id": one.organisation_id,
        "kind": one.kind,
    }


def _audit(tx: Tx, action: str, apps: Sequence[App]) -> None:
    identity.audit(tx, [identity.Mark(action=action, subject=int(app.id)) for app in apps])


def _mark(action: str, one: Authorisation) -> identity.Mark:
    return identity.Mark(
        action=action,
        organisation_id=one.organisation_id,
        subject=int(one.id),
        detail={"app_id": str(one.app_id), "scopes": [*one.scopes]},
    )
