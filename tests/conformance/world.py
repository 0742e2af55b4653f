"""A platform that really serves, with people in it: sellers, a buyer, an operator, a carrier."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import httpx
from tiktok_shop_api import TikTokShop

from entrepot import main
from entrepot.contexts import merchants
from entrepot.contexts.integrations import Tokens
from entrepot.kernel import clock
from entrepot.kernel.tx import Tx
from entrepot.settings import PictureEngines, TranslationEngine
from entrepot.surfaces.parts import Parts
from entrepot.surfaces.worker import Worker, advance
from entrepot.surfaces.worker.subscribers import enrol
from tests import engines, filling
from tests.conftest import NOON
from tests.databases import Server
from tests.surfaces.api.serving import served
from tests.surfaces.installing import parts_on

from . import apps
from .judge import Access, Judge, client

T = TypeVar("T")
HOME = {
    "us": {"country": "US", "region": "CA", "postal_code": "94016"},
    "gb": {"country": "GB", "region": "", "postal_code": "EC1A 1BB"},
    "de": {"country": "DE", "region": "", "postal_code": "10115"},
    "th": {"country": "TH", "region": "", "postal_code": "10110"},
}
STREET = {"city": "Springfield", "street": "1 Example Street"}
NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who uses the native API."""

    http: httpx.Client

    def gets(self, path: str, **query: Any) -> Any:
        """What is there."""
        return self.does("GET", path, params=query)

    def posts(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """What came of it."""
        return self.does("POST", path, json={} if body is None else body)

    def does(self, method: str, path: str, **more: Any) -> Any:
        """Any call; it has to succeed."""
        answer = self.http.request(method, f"/api/v1{path}", **more)
        assert answer.is_success, f"{method} {path}: {answer.text}"
        return answer.json() if answer.content else None


@dataclass(frozen=True, slots=True)
class Goods:
    """A product with one SKU, on sale and in stock."""

    product_id: str
    sku_id: str


@dataclass(slots=True)
class Seller:
    """A shop of its own merchant, and an app that acts for it."""

    world: "World"
    shop: merchants.Shop
    location_id: str  # Its warehouse.
    owner: Person
    access: Access
    tokens: Tokens
    client: TikTokShop

    @property
    def market(self) -> str:
        """Where the shop sells."""
        return self.shop.market

    def goods(self, price_minor: int = 10_000, stock: int = 100, shipping_minor: int = 0) -> Goods:
        """Something new on sale, for journeys about what comes after listing."""
        made = self.world.do(
            lambda tx: filling.listed(tx, self.shop, 1, price_minor, shipping_minor)
        )
        found = Goods(str(int(made[0].id)), str(int(made[0].skus[0].id)))
        self.restocks(found.sku_id, stock)
        return found

    def restocks(self, sku_id: str, stock: int) -> None:
        """Goods arrive at the warehouse."""
        arrival = {
            "market": self.market,
            "sku_id": sku_id,
            "location_id": self.location_id,
            "owner_id": str(int(self.shop.merchant_id)),
            "accepted": stock,
        }
        self.owner.posts("/operations/receipts", arrival)


@dataclass(slots=True)
class World:
    """All of it. Journeys ask its people to act, and turn it when facts have to be heard."""

    parts: Parts
    address: str
    judge: Judge
    operator: Person
    buyer: "Buyer"
    app: apps.App = field(init=False)
    sellers: list[Seller] = field(default_factory=list)

    @property
    def seller(self) -> Seller:
        """The one whom most journeys are about: a self-operated shop in the US."""
        return self.sellers[0]

    @property
    def stranger(self) -> Seller:
        """Another merchant, of whose things nobody else may learn."""
        return self.sellers[1]

    @property
    def client(self) -> TikTokShop:
        """The library's client for the seller's shop."""
        return self.seller.client

    def do(self, act: Callable[[Tx], T]) -> T:
        """One unit of work of the platform itself."""
        return self.parts.work.run(self.parts.platform("test"), "test", act)

    def turn(self) -> None:
        """Everything that the worker would do by now."""
        worker = Worker(self.parts)
        loops = (worker.sequence, worker.subscribe, worker.sweep, worker.ask, worker.alter)
        while sum(loop() for loop in loops):
            pass

    def on(self, **span: float) -> None:
        """Move business time ahead, with all that falls due: `days=8`, `hours=2`."""
        self.turn()
        to = self.do(lambda tx: tx.now) + timedelta(**span)
        worker = Worker(self.parts)
        advance(worker.cashier, self.parts.rates, to, lambda _: None)
        self.turn()

    def now_s(self) -> int:
        """Business time, as the dialect counts it."""
        return int(self.do(lambda tx: tx.now).timestamp())

    def opens(self, market: str = "us", mode: str = "self-operated", **more: Any) -> Seller:
        """One more seller, who has let the app in."""
        shop = self.do(lambda tx: filling.opened_shop(tx, mode, market, **more))
        somebody = filling.person(self.parts.work, "merchant-owner", shop.merchant_id)
        owner = signed_in(self.address, somebody)
        place = {
            "code": f"W{next(NUMBERS)}",
            "name": "Main warehouse",
            "country": "CN",
            "keeper_id": str(int(shop.merchant_id)),
            "markets": [market],
        }
        location = self.operator.posts("/operations/locations", place)["id"]
        tokens = apps.authorised(self, shop.merchant_id)
        access = apps.shop_access(self, tokens)
        found = client(self.judge, access)
        one = Seller(self, shop, location, owner, access, tokens, found)
        self.sellers.append(one)
        return one

    def delivers(self, parcel_id: str) -> None:
        """The carrier brings a parcel; packages are parcels."""
        path = f"/operations/shipments/{parcel_id}/carrier-events"
        self.operator.posts(path, {"event": "delivered"})
        self.turn()


@dataclass(slots=True)
class Buyer:
    """Buys as a guest, by the native API, and pays at the sandbox provider."""

    http: httpx.Client
    links: dict[str, str] = field(default_factory=dict)  # Order to the token of its checkout.

    def quotes(self, items: Mapping[str, int], market: str = "us", **more: Any) -> Any:
        """What a basket costs."""
        lines = [{"sku_id": sku, "quantity": many} for sku, many in items.items()]
        body = {"market": market, "items": lines, "address": HOME[market], **more}
        return Person(self.http).posts("/shop/quotes", body)

    def buys(
        self, items: Mapping[str, int], market: str = "us", *, paid: bool = True, **more: Any
    ) -> list[str]:
        """Quote, check out and pay; gives the orders."""
        quote = self.quotes(items, market, **more)
        placed = Person(self.http).posts(
            "/shop/checkouts",
            {
                "quote_id": quote["quote_id"],
                "buyer": {
                    "name": "Ann Buyer",
                    "email": f"ann{next(NUMBERS)}@example.org",
                    "phone": "+1 202 555 0100",
                },
                "address": {**HOME[market], **STREET},
                "payment": {
                    "provider": "sandbox",
                    "method": "sandbox-ok" if paid else "sandbox-decline",
                },
            },
        )
        ids = [order["order_id"] for order in placed["orders"]]
        self.links |= dict.fromkeys(ids, placed["token"])
        return ids

    def posts(self, order_id: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Do something about an order of one's own: `posts(order, "/cancellation")`."""
        token = self.links[order_id]
        more = {"params": {"token": token}, "json": {} if body is None else body}
        return Person(self.http).does("POST", f"/shop/orders/{order_id}{path}", **more)

    def sees(self, order_id: str) -> Any:
        """An order of one's own."""
        return Person(self.http).gets(f"/shop/orders/{order_id}", token=self.links[order_id])


def signed_in(address: str, somebody: filling.SignIn) -> Person:
    """Somebody by token; the cookie is left aside."""
    http = httpx.Client(base_url=address, timeout=30)
    body = {"email": somebody.email, "password": filling.PASSWORD}
    token = http.post("/api/v1/sessions", json=body).raise_for_status().json()["token"]
    http.cookies.clear()
    http.headers["authorization"] = f"Bearer {token}"
    return Person(http)


@contextmanager
def world(server: Server, home: Path) -> Iterator[World]:
    """A world that lasts for one run."""
    with ExitStack() as opened:
        engine = opened.enter_context(engines.translation_engine())
        there = PictureEngines(translation=TranslationEngine(url=engine.url))
        parts = opened.enter_context(parts_on(server, home, partner_rate=0, pictures=there))
        with parts.engine.begin() as sql:
            clock.start_at(sql, NOON)
        with served(main.app(parts)) as address:
            admin = filling.person(parts.work, "operator-admin")
            operator = signed_in(address, admin)
            made = World(
                parts=parts,
                address=address,
                judge=Judge(),
                operator=operator,
                buyer=Buyer(httpx.Client(base_url=address, timeout=30)),
            )
            enrol(parts.work, parts.platform("test"), parts.subscribers)
            made.app = apps.registered(made)
            made.opens()
            made.opens()
            yield made
