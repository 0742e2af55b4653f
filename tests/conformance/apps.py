"""The app of the journeys: registered by the operator, let in by sellers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tiktok_shop_api import TikTokShop

from entrepot.contexts import integrations
from entrepot.contexts.integrations import AppId, AppKind, Grant, NewApp, Tokens, app_secret
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.problems import only
from entrepot.surfaces.partner_api.keys import APP_SECRETS
from entrepot.surfaces.partner_api.scopes import Scope

from .judge import Access

if TYPE_CHECKING:
    from .world import World

SELLERS = tuple(one for one in Scope if one.startswith("seller."))


@dataclass(frozen=True, slots=True)
class App:
    """What a developer knows of the own app."""

    id: AppId
    key: str
    secret: str


def registered(world: "World") -> App:
    """An app that asks for all that sellers can grant."""
    wish = NewApp(
        name="ERP",
        redirect_url="http://localhost/callback",
        kinds=(AppKind.SELLER,),
        scopes=SELLERS,
    )
    made = world.do(lambda tx: only(integrations.register(tx, [wish])))
    secret = app_secret(world.parts.keys.of(APP_SECRETS), made.id, made.generation)
    return App(made.id, made.key, secret)


def authorised(world: "World", by: OrganisationId) -> Tokens:
    """Let the app in."""
    grant = Grant(app_id=world.app.id, organisation_id=by, kind=AppKind.SELLER, scopes=SELLERS)
    return world.do(lambda tx: integrations.authorise(tx, grant))


def shop_access(world: "World", tokens: Tokens) -> Access:
    """Ask for the shops of a token, as an app begins; it has one."""
    app = world.app
    with TikTokShop(app.key, app.secret, tokens.access, base_url=world.address) as client:
        found = client.authorization.get_authorized_shops()
    assert found is not None
    assert found.data
    [shop] = found.data.shops or []
    return Access(world.address, app.key, app.secret, tokens.access, str(shop.cipher))
