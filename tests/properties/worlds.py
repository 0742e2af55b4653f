"""A world to live in: shops of every mode and market, filled once, and as it was for each life."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Connection, Engine

from entrepot.adapters.postgres import APP, engine_of
from entrepot.contexts import affiliates, inventory, orders, promotions, settlement, sourcing
from entrepot.contexts.affiliates import Click
from entrepot.contexts.identity import Kind
from entrepot.contexts.merchants import ShopId
from entrepot.contexts.promotions import Layer, NewPromotion
from entrepot.flows import receiving
from entrepot.kernel import clock
from entrepot.kernel.access import OrganisationId, PersonId
from entrepot.kernel.clock import MovableTime
from entrepot.kernel.jobs import PostgresQueue
from entrepot.kernel.money import Currency
from entrepot.kernel.problems import each
from entrepot.kernel.tx import Tx, UnitOfWork
from entrepot.rulebook import MarketNotOpen
from tests import filling
from tests.conftest import LIMITS
from tests.databases import Server
from tests.filling import Shop
from tests.living import HOME, Life

MODES = (
    "full-managed-direct-purchase",
    "full-managed-consignment",
    "semi-managed",
    "semi-managed-temu-like",
    "semi-managed-aliexpress-like",
    "self-operated",
)
MARKETS = {
    "us": Currency.USD,
    "gb": Currency.GBP,
    "de": Currency.EUR,
    "th": Currency.THB,
    "br": Currency.BRL,
}
HOMES = {**HOME, "th": ("TH", "", "10110"), "br": ("BR", "SP", "01310-100")}
PAID_IN = {  # One payee in two is paid in another currency than the market's.
    Currency.USD: Currency.CNY,
    Currency.GBP: Currency.HKD,
    Currency.EUR: Currency.USD,
    Currency.THB: Currency.CNY,
    Currency.BRL: Currency.EUR,
}


@dataclass(frozen=True)
class World:
    """What was filled in, in a database that no life changes."""

    database: str
    rules: object
    shops: dict[str, list[Shop]]  # By market.
    plans: dict[ShopId, affiliates.Plan]  # By shop.
    creator: OrganisationId
    buyer: PersonId

    def click(self, shop: Shop, at: datetime) -> Click:
        """A creator's link to a shop's first product."""
        plan = self.plans[shop.shop.id]
        return Click(
            content="video-1",
            creator_id=self.creator,
            plan_id=plan.id,
            product_id=shop.products[0].id,
            at=at,
        )


@contextmanager
def world(
    server: Server, rules: object, begins: datetime, markets: tuple[str, ...] = (*MARKETS,)
) -> Iterator[World]:
    """Fill a world whose clock stands at an instant; it is gone afterwards."""
    database = server.fresh("installation")
    engine = engine_of(server.url(database, APP), LIMITS)
    life = Life(UnitOfWork(engine, MovableTime(), PostgresQueue(), rules))
    with engine.begin() as sql:
        clock.start_at(sql, begins)
    shops = {market: opened(life, market) for market in markets}
    creator = life.do(lambda tx: filling.organisation(tx, Kind.CREATOR))
    plans = {
        shop.shop.id: filling.plan(life.work, shop, rate_bp=700 + 50 * n)
        for theirs in shops.values()
        for n, shop in enumerate(theirs)
    }
    buyer = filling.shopper(life.work).person_id
    life.paid_to(creator, Currency.CNY)
    for market, theirs in shops.items():
        life.do(lambda tx, m=market, s=theirs: offered(tx, m, s))  # type: ignore[misc]
        pay_in_currencies(life, market, theirs)
    engine.dispose()
    yield World(database, rules, shops, plans, creator, buyer)
    server.drop(database)


@contextmanager
def living(server: Server, of: World) -> Iterator[Life]:
    """A life in the world, of which nothing is kept: each unit of work is a savepoint."""
    engine = engine_of(server.url(of.database, APP), LIMITS)
    try:
        with engine.connect() as sql:
            sql.begin()  # Never committed: closing the connection forgets it all.
            savepoints = cast("Engine", Savepoints(sql))
            yield Life(UnitOfWork(savepoints, MovableTime(), PostgresQueue(), of.rules))
    finally:
        engine.dispose()


@dataclass(frozen=True)
class Savepoints:
    """Stands in for an engine: what is committed is kept until the outer transaction ends."""

    sql: Connection

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """As `Engine.begin`, within the one transaction."""
        with self.sql.begin_nested():
            yield self.sql


@contextmanager
def aside(life: Life) -> Iterator[None]:
    """Go on from here, and then come back to where it was."""
    savepoints = cast("Savepoints", life.work.engine)
    with savepoints.sql.begin_nested() as fork:
        yield
        fork.rollback()


def opened(life: Life, market: str) -> list[Shop]:
    """A shop for each mode that the market is open for."""
    shops = []
    for n, mode in enumerate(MODES):
        try:
            shops.append(
                filling.shop(
                    life.work,
                    mode,
                    market,
                    products=2,
                    stock=30,
                    price_minor=9_999 - 1_234 * n,
                    shipping_minor=(0, 499)[n % 2],
                )
            )
        except MarketNotOpen:
            continue
    assert shops, f"{market} is open for nothing"
    return shops


def offered(tx: Tx, market: str, shops: list[Shop]) -> None:
    """Coupons: of each shop, a part of it at the platform's expense, and one of the platform."""
    ends = tx.now + timedelta(days=300)
    platform = NewPromotion(
        owner_id=OrganisationId(0),
        market=market,
        layer=Layer.PLATFORM_COUPON,
        title="From us",
        currency=MARKETS[market],
        starts_at=tx.now,
        ends_at=ends,
        code="PLATFORM",
        amount_minor=777,
        seller_share_bp=0,
    )
    by_shops = [
        replace(
            platform,
            owner_id=shop.merchant_id,
            layer=Layer.SELLER_COUPON,
            title="From a shop",
            code=f"SHOP{n}",
            shop_id=shop.shop.id,
            amount_minor=None,
            rate_bp=1_111,
            seller_share_bp=6_000,
        )
        for n, shop in enumerate(shops)
    ]
    each(promotions.create(tx, [platform, *by_shops]))


def pay_in_currencies(life: Life, market: str, shops: list[Shop]) -> None:
    payees = dict.fromkeys(id for shop in shops for id in (shop.merchant_id, shop.supplier_id))
    for n, payee in enumerate(payees):
        own = MARKETS[market]
        life.paid_to(payee, PAID_IN[own] if n % 2 else own)


def destination(market: str) -> orders.Destination:
    country, region, postal_code = HOMES[market]
    return orders.Destination(country=country, region=region, postal_code=postal_code)


def restrict(tx: Tx, shop: Shop, level: int) -> None:
    """Hold a reserve of what a shop sells from now on."""
    settlement.set_reserve_level(tx, shop.shop.id, level, "a test")


def replenish(tx: Tx, shop: Shop, units: int, unit_cost: int) -> None:
    """More of a shop's first article; where the platform buys it, at a cost of its own."""
    market, sku = shop.shop.market, shop.skus[0]
    supply = sourcing.supply(tx, market, [sku], tx.now.date()).get(sku)
    bought = supply is not None and supply.basis is sourcing.Basis.ON_RECEIPT
    receipt = inventory.NewReceipt(
        sku_id=sku,
        location_id=shop.location.id,
        owner_id=OrganisationId(0) if bought else shop.supplier_id,
        accepted=units,
        unit_cost_minor=unit_cost if bought else None,
        currency=MARKETS[market] if bought else None,
        supplier_id=shop.supplier_id if bought else None,
        agreement_id=int(supply.agreement_id) if supply is not None and bought else None,
    )
    arrival = receiving.Arrival(receipt=receipt, market=market, terms_days=30 if bought else None)
    each(receiving.receive(tx, [arrival]))
