"""Apps that operators register, and whom organisations let in."""

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field, StringConstraints

from entrepot.contexts import integrations
from entrepot.contexts.integrations import (
    App,
    AppId,
    AppKind,
    AppNotFound,
    AppState,
    AuthorisationId,
    AuthorisationNotFound,
    NewApp,
)
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.problems import Forbidden, only
from entrepot.kernel.tx import Tx
from entrepot.surfaces.parts import APP_SECRETS

from .calls import Call, ThisCall
from .problems import refusals
from .routing import noun
from .views import Asked, Page, Paging, Text, View, after_id, cursor_id, example, page

router = noun(tag="integrations")

ScopeName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.]{1,100}$")]


class AskApp(Asked):
    model_config = example(
        {
            "name": "An ERP",
            "redirect_url": "https://erp.example.com/callback",
            "kinds": ["seller"],
            "scopes": ["seller.order.info", "seller.product.basic"],
        }
    )

    name: Text
    redirect_url: Annotated[
        str, StringConstraints(max_length=1_000, pattern=r"^https?://[^\s\x00]+$")
    ]
    kinds: Annotated[list[AppKind], Field(min_length=1, max_length=3)]
    scopes: Annotated[list[ScopeName], Field(min_length=1, max_length=100)]


class AppView(View):
    """An app. `secret` is told when it is made and when it is rotated."""

    id: AppId
    key: str
    name: str
    redirect_url: str
    kinds: list[AppKind]
    scopes: list[str]
    state: AppState
    generation: int
    registered_at: datetime
    secret: str | None = None


class AuthorisationView(View):
    """What an organisation lets an app do. All times are real time."""

    id: AuthorisationId
    app_id: AppId
    organisation_id: OrganisationId
    kind: AppKind
    scopes: list[str]
    ends_at: datetime
    granted_at: datetime
    revoked_at: datetime | None


@router.post("/apps", status_code=201, responses=refusals(Forbidden))
def register_app(body: AskApp, call: ThisCall) -> AppView:
    """Register an app; its secret is shown here, so no key repeats this call."""
    wish = NewApp(
        name=body.name,
        redirect_url=body.redirect_url,
        kinds=tuple(body.kinds),
        scopes=tuple(body.scopes),
    )
    return call.signed_in(lambda tx: _with_secret(call, only(integrations.register(tx, [wish]))))


@router.get("/apps", responses=refusals(Forbidden))
def list_apps(paging: Annotated[Paging, Query()], call: ThisCall) -> Page[AppView]:
    """All apps of the platform."""

    def show(tx: Tx) -> Page[AppView]:
        found = integrations.apps(tx, after_id(paging.after, AppId), paging.limit)
        return page(found, paging.limit, AppView.model_validate, lambda one: cursor_id(one.id))

    return call.signed_in(show)


@router.post("/apps/{app_id}/rotation", status_code=201, responses=refusals(AppNotFound, Forbidden))
def rotate_app_secret(app_id: AppId, call: ThisCall) -> AppView:
    """Give an app another secret; what is signed with the old one is refused at once."""
    return call.signed_in(lambda tx: _with_secret(call, only(integrations.rotate(tx, [app_id]))))


@router.delete("/apps/{app_id}", responses=refusals(AppNotFound, Forbidden))
def revoke_app(app_id: AppId, call: ThisCall) -> AppView:
    """Shut an app out for good, with all that was granted to it."""
    return call.signed_in(
        lambda tx: AppView.model_validate(only(integrations.revoke_apps(tx, [app_id])))
    )


@router.get("/authorisations")
def list_authorisations(
    paging: Annotated[Paging, Query()], call: ThisCall
) -> Page[AuthorisationView]:
    """Whom one's organisations let in, ended authorisations too."""

    def show(tx: Tx) -> Page[AuthorisationView]:
        after = after_id(paging.after, AuthorisationId)
        found = integrations.page(tx, after, paging.limit)
        return page(
            found, paging.limit, AuthorisationView.model_validate, lambda one: cursor_id(one.id)
        )

    return call.signed_in(show)


@router.delete(
    "/authorisations/{authorisation_id}", responses=refusals(AuthorisationNotFound, Forbidden)
)
def revoke_authorisation(authorisation_id: AuthorisationId, call: ThisCall) -> AuthorisationView:
    """Shut an app out of an organisation, at once."""
    return call.signed_in(
        lambda tx: AuthorisationView.model_validate(
            only(integrations.revoke(tx, [authorisation_id]))
        )
    )


def _with_secret(call: Call, app: App) -> AppView:
    key = call.parts.keys.of(APP_SECRETS)
    secret = integrations.app_secret(key, app.id, app.generation)
    return AppView.model_validate(app).model_copy(update={"secret": secret})
