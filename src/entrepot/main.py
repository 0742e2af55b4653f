"""The composition root: settings become an engine, a clock, rules, providers and surfaces."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from entrepot import rulebook
from entrepot.adapters import hooks, payouts, pictures, rates
from entrepot.adapters.payments import sandbox
from entrepot.adapters.postgres import Embedded, Watch, engine_of
from entrepot.adapters.rates.settling import SettlementRates
from entrepot.adapters.storage import Folder
from entrepot.contexts import catalog, payments, settlement
from entrepot.flows.subscriptions import SUBSCRIBERS
from entrepot.kernel.clock import Clock, MovableTime, RealTime
from entrepot.kernel.jobs import PostgresQueue
from entrepot.kernel.tx import UnitOfWork
from entrepot.settings import Limits, PictureEngines, Settings
from entrepot.surfaces.database import Database
from entrepot.surfaces.partner_api import notices
from entrepot.surfaces.parts import Parts, Purpose, SigningKeys

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["Parts", "Purpose", "app", "beside", "build"]


def build(settings: Settings, database: Callable[[], Database], *, purpose: Purpose) -> Parts:
    """Everything that a process needs. `close` lets go of it."""
    rules = rulebook.load(settings.rules_overlay)
    up = database()  # As late as can be: it comes up meanwhile.
    engine = engine_of(up.url, _limits(settings, purpose), f"entrepot-{purpose}")
    return assemble(settings, engine, rules, (up.url, up.server))


def beside(parts: Parts, *, purpose: Purpose) -> Parts:
    """Parts for something else in the same process: connections of its own, the rest shared."""
    settings = parts.settings
    engine = engine_of(parts.database_url, _limits(settings, purpose), f"entrepot-{purpose}")
    return replace(
        parts,
        engine=engine,
        work=replace(parts.work, engine=engine),
        server=None,
        close=engine.dispose,
    )


def assemble(
    settings: Settings,
    engine: Engine,
    rules: rulebook.Rulebook,
    database: tuple[str, Embedded | None],
) -> Parts:
    """The parts around an engine whose database is ready."""
    assert settings.signing_secret is not None, "read settings by settings.read"
    keys = SigningKeys(settings.signing_secret.get_secret_value().encode())
    clock: Clock = MovableTime() if settings.sandbox else RealTime()
    queue = PostgresQueue()
    url, server = database
    watch = ExitStack()  # A server that was killed is started again by whoever uses it.
    if server is not None:
        watch.enter_context(Watch(server))
    return Parts(
        settings=settings,
        engine=engine,
        clock=clock,
        rules=rules,
        queue=queue,
        work=UnitOfWork(engine, clock, queue, rules),
        providers=_providers(settings, keys),
        payout_providers=_payout_providers(settings),
        rates=SettlementRates(rates.shipped),
        storage=Folder(settings.home / "files"),
        engines=_engines(settings.pictures),
        office=hooks.Office(hooks.Reach(at_home=bool(settings.sandbox))),
        subscribers=(*SUBSCRIBERS, notices.SUBSCRIBER),
        keys=keys,
        database_url=url,
        server=server,
        close=partial(_close, engine, server, watch),
    )


def app(parts: Parts) -> "FastAPI":
    """The HTTP surface of a process: the native API and, beside it, the Partner API.

    Loaded by who serves: workers and commands need none of it.
    """
    from entrepot.surfaces.api import application as native
    from entrepot.surfaces.partner_api import application as partner

    made = native.create(parts)
    made.add_middleware(partner.BesideNative, dialect=partner.create(parts))
    return made


def _limits(settings: Settings, purpose: Purpose) -> Limits:
    return settings.database.web if purpose == "web" else settings.database.worker


def _providers(settings: Settings, keys: SigningKeys) -> dict[str, payments.Provider]:
    """Stripe where its key is set; the sandbox only where nothing is in earnest."""
    found: dict[str, payments.Provider] = {}
    if settings.sandbox:
        found[sandbox.NAME] = sandbox.Sandbox(keys.of("sandbox-webhook"))
    if settings.stripe is not None:
        from entrepot.adapters.payments import stripe

        account = settings.stripe
        found[stripe.NAME] = stripe.Stripe(
            account.api_key.get_secret_value(),
            account.webhook_secret.get_secret_value(),
            api_base=account.api_base,
        )
    return found


def _payout_providers(settings: Settings) -> dict[str, settlement.PayoutProvider]:
    """By the method of a payee's account; the sandbox only where nothing is in earnest."""
    folder = settings.home / "payouts"
    found: dict[str, settlement.PayoutProvider] = {
        "csv": payouts.Folder(folder / "csv", payouts.Listing())
    }
    if settings.sandbox:
        found["sandbox"] = payouts.Sandbox()
    if settings.payer is not None:
        payer = payouts.Payer(
            name=settings.payer.name, iban=settings.payer.iban, bic=settings.payer.bic
        )
        found["sepa"] = payouts.Folder(folder / "sepa", payouts.Sepa(payer))
    return found


def _engines(
    wanted: PictureEngines,
) -> dict[catalog.pictures.Work, catalog.pictures.Engine]:
    """What changes pictures, by what it does to them."""
    found: dict[catalog.pictures.Work, catalog.pictures.Engine] = {}
    if wanted.white_background == "pillow":
        found[catalog.pictures.Work.WHITE_BACKGROUND] = pictures.WhiteBackground()
    if wanted.translation is not None:
        from entrepot.adapters.pictures.translating import Translator

        engine = wanted.translation
        key = engine.key.get_secret_value() if engine.key else ""
        found[catalog.pictures.Work.TRANSLATION] = Translator(engine.url, key, engine.patience_s)
    return found


def _close(engine: Engine, server: Embedded | None, watch: ExitStack) -> None:
    watch.close()
    engine.dispose()
    if server is not None:
        server.close()
