"""What activities do to orders: their price, who bears it, what it counts and what comes back."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest

from entrepot.contexts import orders, promotions
from entrepot.contexts.orders import CancelReason, Line, OrderId, Side
from entrepot.contexts.promotions import (
    Activity,
    ItemWish,
    Kind,
    Level,
    NewActivity,
    Shipping,
)
from entrepot.kernel.access import PersonId, platform
from entrepot.kernel.tx import Tx
from tests import filling
from tests.conftest import Installation
from tests.living import Life

JUNE = datetime(2025, 6, 2, 17, tzinfo=UTC)  # Flash deals bear a surcharge in the US by then.
DAY = timedelta(days=1)
T = TypeVar("T")


@pytest.fixture
def life(installation: Installation) -> Life:
    life = Life(installation.work)
    life.at(JUNE)
    return life


@dataclass(frozen=True)
class Known(Life):
    """A life in which one person does everything."""

    person: PersonId

    def do(self, act: Callable[[Tx], T]) -> T:
        """One unit of work of the platform in that person's name."""
        who = replace(platform("test"), person=self.person)
        return self.work.run(lambda _: who, "test", act)


def on_offer(life: Life, of: filling.Shop, kind: Kind, level: Level, **more: Any) -> Activity:
    """An activity that begins now; with goods if it is for products."""
    named = {"price_minor", "units", "units_per_buyer"} & more.keys()
    wish = {name: more.pop(name) for name in named}

    def launch(tx: Tx) -> Activity:
        offer = NewActivity(
            shop_id=of.shop.id,
            kind=kind,
            level=level,
            title=kind.value,
            starts_at=tx.now,
            ends_at=tx.now + DAY,
            **more,
        )
        made = promotions.launch(tx, offer)
        if level is Level.PRODUCT:
            item = ItemWish(product_id=of.products[0].id, **wish)
            promotions.put_items(tx, made.id, [item])
        return made

    return life.do(launch)


def line_of(life: Life, order: OrderId) -> Line:
    [line] = life.do(lambda tx: orders.lines(tx, [order]))
    return line


def used(life: Life, activity: Activity) -> int:
    [item] = life.do(lambda tx: promotions.items(tx, activity))
    return item.units_used


def part(line: Line, kind: str) -> int:
    return sum(each.minor for each in line.parts if each.kind == kind)


@pytest.mark.parametrize(("mode", "carriage"), [("self-operated", 0), ("semi-managed", 1_000)])
def test_the_merchant_bears_the_deal_and_the_shipping(life: Life, mode: str, carriage: int) -> None:
    shop = filling.shop(life.work, mode, price_minor=10_000, shipping_minor=500)
    on_offer(life, shop, Kind.FLASH_DEAL, Level.PRODUCT, price_minor=8_000)
    off = Shipping(off_minor=300)
    on_offer(life, shop, Kind.SHIPPING_DISCOUNT, Level.SHOP, shipping=off)

    [order] = life.buy({shop.skus[0]: 2})

    line = line_of(life, order)
    assert (line.list_minor, line.seller_discount_minor, line.platform_discount_minor) == (
        20_000,
        4_000,
        0,
    )
    assert line.shipping_minor == 700
    assert line.payment_minor == 16_000 + 700 + line.tax_minor
    assert part(line, "campaign_surcharge") == 0  # The platform takes no part.
    assert part(line, "shipping") == carriage  # Who ships is paid in full.
    assert sum(each.minor for each in line.parts) == line.payment_minor
    life.on(1)
    life.deliver(life.hand_over(order))
    life.check()
    life.explained([order])


def test_cancelling_gives_back_what_was_counted(life: Life) -> None:
    shop = filling.shop(life.work, price_minor=10_000)
    deal = on_offer(life, shop, Kind.FIXED_PRICE, Level.PRODUCT, price_minor=7_000, units=3)

    [order] = life.buy({shop.skus[0]: 2})
    [rest] = life.buy({shop.skus[0]: 2})

    assert line_of(life, order).seller_discount_minor == 6_000
    assert line_of(life, rest).seller_discount_minor == 3_000  # One was left.
    assert used(life, deal) == 3
    life.cancel(orders.Cancellation(order_id=order, by=Side.BUYER, reason=CancelReason.BUYER_ASKED))
    assert used(life, deal) == 1
    life.check()


def test_a_buyer_has_so_many_units_and_pays_the_list_price_after_that(life: Life) -> None:
    shop = filling.shop(life.work, price_minor=10_000)
    on_offer(life, shop, Kind.FIXED_PRICE, Level.PRODUCT, price_minor=7_000, units_per_buyer=2)
    somebody: PersonId = filling.shopper(life.work).person_id

    known = Known(life.work, somebody)
    bought = [known.buy({shop.skus[0]: 2}, buyer_id=somebody)[0] for _ in range(2)]
    [guest] = life.buy({shop.skus[0]: 1})

    discounts = [line_of(life, order).seller_discount_minor for order in [*bought, guest]]
    assert discounts == [6_000, 0, 0]
