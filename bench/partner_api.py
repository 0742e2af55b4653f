"""A merchant's system reads a shop with many orders over the Partner API, page by page."""

import re
import socket
import time
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson

from entrepot.adapters.payments.sandbox import Sandbox
from entrepot.adapters.postgres.arrays import Lists
from entrepot.contexts import integrations, orders, payments
from entrepot.contexts.integrations import AppKind
from entrepot.contexts.orders import OrderId, Step, Verb
from entrepot.flows import paying, placing, quoting, shipping
from entrepot.kernel.db import BIND
from entrepot.kernel.problems import each, only
from entrepot.surfaces.partner_api import order_words, signing
from entrepot.surfaces.partner_api.keys import APP_SECRETS, CIPHERS
from entrepot.surfaces.partner_api.scopes import Scope
from entrepot.surfaces.parts import SigningKeys
from entrepot.views import sold

from . import pgbench
from .baskets import baskets, checkout, wish
from .copying import copied
from .filling import Filled, fill
from .report import Result, table
from .serving import GENERATOR, Load, Server, load, serving
from .stage import Stage, say, stage

GOAL, P99_MS, MANY = 0.4, 60.0, 16
PAGE = 50
SEARCH, DETAIL = "/order/202309/orders/search", "/order/202507/orders"
PRODUCTS = "/product/202502/products/search"
TEMPLATES, SKUS = 40, 200
SOLD = Path(sold.__file__).parent / "sql" / "sold.sql"
NUMBERS = count(1)


@dataclass(frozen=True)
class Caller:
    """An app that acts for the shop, and how it writes its requests."""

    key: str
    secret: str
    token: str
    cipher: str

    def get(self, path: str, **query: str) -> str:
        """A signed request, whole."""
        return self._request("GET", path, query, b"")

    def post(self, path: str, body: bytes = b"{}", **query: str) -> str:
        """The same with a body."""
        return self._request("POST", path, query, body)

    def _request(self, method: str, path: str, query: dict[str, str], body: bytes) -> str:
        pairs = {
            "app_key": self.key,
            "shop_cipher": self.cipher,
            "timestamp": str(int(time.time())),
            **query,
        }
        pairs["sign"] = signing.signature(self.secret, path.encode(), pairs.items(), body or None)
        lines = [
            f"{method} {path}?{urlencode(pairs)} HTTP/1.1",
            "host: bench",
            f"x-tts-access-token: {self.token}",
            "content-type: application/json",
            f"content-length: {len(body)}",
        ]
        return "\r\n".join(lines) + "\r\n\r\n" + body.decode()


def run(options: Namespace) -> Result:
    """Orders and products by one client and by many, on the first pages and on deep ones."""
    with stage() as on:
        [shop] = fill(on, 1, SKUS, 1_000_000)
        templates = lived(on, shop)
        copied(on, [int(id) for id in templates], options.orders)
        deep = place_of(on, options.orders // 2)
        with serving(on) as server:
            keys = SigningKeys((on.home / "signing_secret").read_text(encoding="ascii").encode())
            caller = let_in(on, shop, keys)
            asks = requests(on, caller, token(server, caller, deep))
            seen = measured(on, server, asks, options.seconds)
            resident = server.process.memory_info().rss
        limits = {
            n: pgbench.measured(on, script(on, shop, deep), options.seconds, clients=n).rate
            for n in (1, MANY)
        }
    show(seen, limits)
    many = seen["deep page", MANY]
    clean = all(not each.refused and each.done for each in seen.values())
    return Result(
        bench="partner_api",
        figure=many.rate if clean else None,
        unit=f"order searches of {PAGE} orders /s, {MANY} clients, one process",
        limit=limits[MANY],
        goal=GOAL,
        besides=many.p99_ms < P99_MS,
        measured={
            "orders": options.orders,
            "p99_goal_ms": P99_MS,
            "limit_one_client": round(limits[1], 1),
            "ratio_one_client": round(seen["deep page", 1].rate / limits[1], 3),
            "runs": {f"{name}, {n}": shown(each) for (name, n), each in seen.items()},
            "generator": GENERATOR,
            "server_rss_mb": round(resident / 1e6, 1),
        },
    )


def lived(on: Stage, shop: Filled) -> list[OrderId]:
    """Orders in all stages, made through the doors; most of them are done."""
    guests = baskets([shop], seed=7)
    made = [_bought(on, next(guests)[: 1 + n % 2]) for n in range(TEMPLATES)]
    for n, id in enumerate(made):
        _further(on, id, n)
    return made


def _bought(on: Stage, skus: Sequence[int]) -> OrderId:
    """One order, paid."""
    provider = Sandbox(b"bench")
    [quote] = on.do(lambda tx: each(quoting.quote(tx, [wish(skus)])))
    [group] = on.do(lambda tx: each(placing.place(tx, [checkout(quote.id)])))
    begin = payments.Beginning(group_id=group.id)
    calls = on.do(lambda tx: each(payments.begin(tx, [begin])))
    outcomes = zip(calls, provider.carry_out(calls), strict=True)
    answers = [payments.Answer(call, outcome) for call, outcome in outcomes]
    on.do(lambda tx: paying.record(tx, answers))
    [id] = group.order_ids
    return id


def _further(on: Stage, id: OrderId, n: int) -> None:
    """One in ten stays on hold, one is ready, two are on their way, the others are done."""
    if n % 10 == 0:
        return
    on.do(lambda tx: only(orders.move(tx, [Step(order_id=id, verb=Verb.RELEASE)])))
    if n % 10 == 1:
        return
    number = f"9400{next(NUMBERS):018}"
    sent = shipping.HandOver(order_id=id, carrier="usps", tracking_number=number)
    parcel = on.do(lambda tx: only(shipping.hand_over(tx, [sent])))
    if n % 10 > 3:
        arrival = shipping.Arrival(parcel_id=parcel.id)
        on.do(lambda tx: only(shipping.deliver(tx, [arrival])))
        on.do(lambda tx: only(orders.move(tx, [Step(order_id=id, verb=Verb.COMPLETE)])))


def place_of(on: Stage, nth: int) -> tuple[datetime, int]:
    """Where the n-th youngest order stands in the list."""
    [found] = on.ask(
        "select placed_at, id from orders.orders order by placed_at desc, id desc"
        " offset %s limit 1",
        nth,
    )
    return found


def let_in(on: Stage, shop: Filled, keys: SigningKeys) -> Caller:
    """An app with all scopes, let in by the shop's merchant."""
    scopes = tuple(scope.value for scope in Scope)
    wish = integrations.NewApp(
        name="ERP", redirect_url="http://localhost/", kinds=(AppKind.SELLER,), scopes=scopes
    )
    app = on.do(lambda tx: only(integrations.register(tx, [wish])))
    grant = integrations.Grant(
        app_id=app.id, organisation_id=shop.shop.merchant_id, kind=AppKind.SELLER, scopes=scopes
    )
    tokens = on.do(lambda tx: integrations.authorise(tx, grant))
    return Caller(
        key=app.key,
        secret=integrations.app_secret(keys.of(APP_SECRETS), app.id, app.generation),
        token=tokens.access,
        cipher=integrations.cipher_of(keys.of(CIPHERS), app.id, shop.shop.id),
    )


def token(server: Server, caller: Caller, place: tuple[datetime, int]) -> str:
    """The page token that a walk of thousands of pages would have come to.

    That of a first page of what is older: a token names a place in the list, whatever is asked.
    """
    body = orjson.dumps({"create_time_lt": int(place[0].timestamp())})
    request = caller.post(SEARCH, body, page_size="1")
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        line.sendall(request.replace("host: bench", "host: bench\r\nconnection: close").encode())
        answer = b"".join(iter(lambda: line.recv(1 << 16), b""))
    told = orjson.loads(answer.partition(b"\r\n\r\n")[2])
    found: str = told["data"]["next_page_token"]
    return found


def requests(on: Stage, caller: Caller, deep: str) -> dict[str, Callable[[], Sequence[str]]]:
    """What is asked, by name; written just before it is sent, since signatures grow old."""
    size = str(PAGE)
    some = [id for (id,) in on.ask("select id from orders.orders tablesample system (1) limit 500")]
    return {
        "first page": lambda: [caller.post(SEARCH, page_size=size)] * 100_000,
        "deep page": lambda: [caller.post(SEARCH, page_size=size, page_token=deep)] * 100_000,
        "detail": lambda: [caller.get(DETAIL, ids=str(id)) for id in some] * 200,
        "products": lambda: [caller.post(PRODUCTS, page_size=size)] * 100_000,
    }


def measured(
    on: Stage,
    server: Server,
    asks: dict[str, Callable[[], Sequence[str]]],
    seconds: int,
) -> dict[tuple[str, int], Load]:
    """Each kind of request by one client and by many, after a short while to warm up."""
    found = {}
    for name, written in asks.items():
        for clients in (1, MANY):
            plan = {"mode": "whole", "clients": clients, "work": written()}
            load(on, server, {**plan, "seconds": 2})
            found[name, clients] = load(on, server, {**plan, "seconds": seconds})
            say(f"{name}, {clients} clients: {found[name, clients].rate:.0f}/s")
    return found


def script(on: Stage, shop: Filled, deep: tuple[datetime, int]) -> str:
    """The statements of a deep page alone, as the server sends them, one after another."""
    at, id = deep
    beside = sold.values(on.do(lambda tx: order_words.named(tx, shop.shop.market)))

    def given(name: re.Match[str]) -> str:
        """The ids are those of the page before; what stands beside them is always the same."""
        told = beside.get(name[1])
        return (
            name[0]
            if told is None
            else f"$told${bytes(Lists(list).dump(told) or b'').decode()}$told$"
        )

    page = (
        "select array_agg(p.id)::text as ids from (select o.placed_at, o.id from orders.orders o"
        f" where o.merchant_id = any(array[{int(shop.shop.merchant_id)}]::bigint[])"
        f" and o.shop_id = {int(shop.shop.id)} and (o.placed_at, o.id) < ('{at}', {id})"
        f" order by o.placed_at desc, o.id desc limit {PAGE}) p \\gset\n"
    )
    return "begin;\n" + page + BIND.sub(given, SOLD.read_text(encoding="utf-8")) + ";\ncommit;\n"


def shown(seen: Load) -> dict[str, Any]:
    """One stretch for scripts."""
    return {
        "rate": round(seen.rate, 1),
        "raw": round(seen.raw_rate, 1),
        "p50_ms": round(seen.p50_ms, 2),
        "p99_ms": round(seen.p99_ms, 2),
        "refused": dict(seen.refused),
        **seen.used.shares(),
    }


def show(seen: dict[tuple[str, int], Load], limits: dict[int, float]) -> None:
    """For people."""
    rows = [
        (name, n, f"{each.rate:.0f}", f"{each.p50_ms:.1f}", f"{each.p99_ms:.1f}")
        for (name, n), each in seen.items()
    ]
    table("Partner API", ("request", "clients", "/s", "p50 ms", "p99 ms"), rows)
    alone = [(n, f"{rate:.0f}") for n, rate in limits.items()]
    table("the SQL of a deep page alone", ("clients", "/s"), alone)
