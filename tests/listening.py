"""An app that a merchant has let in, and that listens to its shop."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tiktok_shop_api.webhooks import Webhooks

from entrepot.adapters import hooks
from entrepot.contexts import integrations
from entrepot.contexts.integrations import App, AppId, AppKind
from entrepot.contexts.merchants import Shop
from entrepot.kernel.access import platform
from entrepot.kernel.ids import Id, new_ids
from entrepot.kernel.problems import only
from entrepot.kernel.tx import UnitOfWork
from entrepot.surfaces.partner_api.scopes import Scope
from entrepot.surfaces.worker.courier import HONEST, Courier, Mischief

from .receiving import Hook

deliveries = integrations.deliveries
Delivery = integrations.deliveries.Delivery
KEY = b"the installation's key for apps"
EVERY_SCOPE = tuple(scope.value for scope in Scope)
EVENT = "ORDER_STATUS_CHANGE"


def secret_of(app_id: AppId, generation: int) -> str:
    """An app's secret in tests that have no parts."""
    return integrations.app_secret(KEY, app_id, generation)


@dataclass
class Ears:
    """An app and a shop."""

    work: UnitOfWork
    app: App
    shop: Shop
    subjects: dict[str, Id] = field(default_factory=dict)

    @property
    def secret(self) -> str:
        """With which bodies are signed for it."""
        return secret_of(self.app.id, self.app.generation)

    def parsed(self, hook: Hook) -> object:
        """What the SDK makes of a webhook: it is verified, and parsed strictly."""
        return Webhooks.verify_and_parse(
            app_key=self.app.key,
            app_secret=self.secret,
            raw_body=hook.raw,
            signature=hook.signature,
        )

    def listens(self, address: str, *events: str) -> None:
        """In all shops that let it in."""
        self.work.run(
            lambda _: platform("test"),
            "test.listen",
            lambda tx: deliveries.listen(tx, self.app.id, events or [EVENT], address),
        )

    def told(self, address: str, *subjects: str) -> None:
        """Something to be sent about each subject, in this order."""
        listener = deliveries.Listener(
            app_id=self.app.id,
            shop_id=self.shop.id,
            organisation_id=self.shop.merchant_id,
            event=EVENT,
            address=address,
            scopes=frozenset(EVERY_SCOPE),
            live=True,
        )

        def send(tx: object) -> None:
            from entrepot.kernel.tx import Tx

            assert isinstance(tx, Tx)
            fresh = iter(new_ids(tx.sql, Id, len(subjects)))
            ids = deliveries.notice_ids(tx, len(subjects))
            new = [
                deliveries.NewDelivery(
                    to=listener,
                    notice_id=id,
                    subject=self.subjects.setdefault(subject, next(fresh)),
                    body=f'{{"type":1,"tts_notification_id":"{id}","of":"{subject}","n":{n}}}',
                )
                for n, (subject, id) in enumerate(zip(subjects, ids, strict=True))
            ]
            deliveries.send(tx, new)

        self.work.run(lambda _: platform("test"), "test.send", send)

    def log(self, state: str | None = None) -> list[Delivery]:
        """Its log, oldest first."""
        wanted = deliveries.Wanted(
            app_id=self.app.id, state=None if state is None else deliveries.DeliveryState(state)
        )
        found = self.work.run(
            lambda _: platform("test"),
            "test.log",
            lambda tx: deliveries.log(tx, wanted, limit=10_000),
        )
        return found[::-1]


def ears(work: UnitOfWork, shop: Shop, scopes: Sequence[str] = EVERY_SCOPE) -> Ears:
    """An app with these scopes for the shop's merchant."""
    wish = integrations.NewApp(
        name="An ERP",
        redirect_url="https://erp.example.com/callback",
        kinds=(AppKind.SELLER,),
        scopes=EVERY_SCOPE,
    )
    who = lambda _: platform("test")
    app = work.run(who, "test.app", lambda tx: only(integrations.register(tx, [wish])))
    grant = integrations.Grant(
        app_id=app.id,
        organisation_id=shop.merchant_id,
        kind=AppKind.SELLER,
        scopes=tuple(scopes),
    )
    work.run(who, "test.grant", lambda tx: integrations.authorise(tx, grant))
    return Ears(work, app, shop)


def patient(seconds: float = 60.0) -> hooks.Office:
    """Posts to this machine, and waits so long for an answer."""
    return hooks.Office(hooks.Reach(at_home=True), seconds)


@contextmanager
def couriers(
    work: UnitOfWork,
    n: int = 1,
    mischief: Mischief = HONEST,
    office: deliveries.PostOffice | None = None,
) -> Iterator[None]:
    """So many couriers at work, each on a thread; they wait for as long as a busy machine takes."""
    stop = threading.Event()
    office = office or patient()
    made = [
        Courier(work, lambda _: platform("courier"), office, secret_of, mischief) for _ in range(n)
    ]
    threads = [threading.Thread(target=one.run, args=(stop.is_set,)) for one in made]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
