"""A live server with a seller's shop, an app, its token, and the unmodified SDK."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from tiktok_shop_api import TikTokShop

from entrepot import main
from entrepot.contexts import integrations
from entrepot.contexts.integrations import App, AppKind, Tokens
from entrepot.kernel.access import OrganisationId, platform
from entrepot.kernel.problems import only
from entrepot.kernel.tx import UnitOfWork
from entrepot.rulebook import Rulebook
from entrepot.surfaces.partner_api.application import Dialect
from entrepot.surfaces.partner_api.keys import APP_SECRETS, CIPHERS
from entrepot.surfaces.partner_api.scopes import Scope
from entrepot.surfaces.parts import Parts
from tests import filling
from tests.conftest import Installation
from tests.surfaces.api.serving import served, told

EVERY_SCOPE = tuple(scope.value for scope in Scope)
REDIRECT = "https://erp.example.com/callback"


@dataclass(frozen=True)
class Partner:
    """An app that may act for one seller, at a server that runs."""

    address: str
    application: FastAPI
    of: filling.Shop
    app: App
    tokens: Tokens

    @property
    def secret(self) -> str:
        """The app's secret."""
        return integrations.app_secret(
            self.parts.keys.of(APP_SECRETS), self.app.id, self.app.generation
        )

    @property
    def cipher(self) -> str:
        """The shop's name to this app."""
        return integrations.cipher_of(self.parts.keys.of(CIPHERS), self.app.id, self.of.shop.id)

    @property
    def parts(self) -> Parts:
        """The parts of the process that serves."""
        parts: Parts = self.application.state.parts
        return parts

    @property
    def work(self) -> UnitOfWork:
        """For what a test does through doors."""
        return self.parts.work

    @contextmanager
    def client(self, **changed: str | None) -> Iterator[Any]:
        """The SDK with the app's credentials, or with others. `Any`: its fields may be unset."""
        credentials = {
            "app_key": self.app.key,
            "app_secret": self.secret,
            "access_token": self.tokens.access,
            "shop_cipher": self.cipher,
            **changed,
        }
        with TikTokShop(**credentials, base_url=self.address) as client:  # type: ignore[arg-type]
            yield client

    @property
    def dialect(self) -> Dialect:
        """The dialect as the server runs it."""
        [found] = [
            one.kwargs["dialect"]
            for one in self.application.user_middleware
            if "dialect" in one.kwargs
        ]
        assert isinstance(found, Dialect)
        return found

    def of_app(self, app: App) -> "Partner":
        """The same seller, who lets another app in."""
        return replace(self, app=app, tokens=authorised(self.work, app, self.of.merchant_id))

    def other_seller(self, **how: object) -> "Partner":
        """Another seller's shop, with a token of the same app."""
        of = filling.shop(self.work, **how)  # type: ignore[arg-type]
        return replace(self, of=of, tokens=authorised(self.work, self.app, of.merchant_id))

    def with_scopes(self, *scopes: Scope) -> "Partner":
        """The same seller, who grants no more than these scopes; the token before is dead."""
        tokens = authorised(self.work, self.app, self.of.merchant_id, scopes)
        return replace(self, tokens=tokens)


def registered(work: UnitOfWork, name: str = "An ERP") -> App:
    """An app that asks for everything."""
    wish = integrations.NewApp(
        name=name, redirect_url=REDIRECT, kinds=tuple(AppKind), scopes=EVERY_SCOPE
    )
    return work.run(
        lambda _: platform("test"), "test.app", lambda tx: only(integrations.register(tx, [wish]))
    )


def authorised(
    work: UnitOfWork,
    app: App,
    organisation_id: OrganisationId,
    scopes: tuple[str, ...] = EVERY_SCOPE,
) -> Tokens:
    """Tokens of an app for a seller."""
    grant = integrations.Grant(
        app_id=app.id, organisation_id=organisation_id, kind=AppKind.SELLER, scopes=scopes
    )
    return work.run(
        lambda _: platform("test"), "test.token", lambda tx: integrations.authorise(tx, grant)
    )


@pytest.fixture
def parts(installation: Installation, rules: object, tmp_path: Path) -> Parts:
    """The parts of a process that serves the installation."""
    assert isinstance(rules, Rulebook)
    settings = told(tmp_path).model_copy(update={"partner_rate": 0})
    return main.assemble(settings, installation.engine, rules, (installation.url, None))


@pytest.fixture
def application(parts: Parts) -> FastAPI:
    return main.app(parts)


@pytest.fixture
def address(application: FastAPI) -> Iterator[str]:
    """Where it is served."""
    with served(application) as address:
        yield address


@pytest.fixture
def partner(address: str, application: FastAPI) -> Partner:
    """An app with all scopes, and a seller with a stocked shop in the United States."""
    work = application.state.parts.work
    of, app = filling.shop(work), registered(work)
    return Partner(address, application, of, app, authorised(work, app, of.merchant_id))


@pytest.fixture
def sdk(partner: Partner) -> Iterator[Any]:
    """The unmodified SDK, as that app."""
    with partner.client() as client:
        yield client
