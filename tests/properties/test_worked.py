"""Worked examples: fees through real quotes with coupons, calendars, and a mode made of a file."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from entrepot import rulebook
from entrepot.contexts import orders, promotions, settlement
from entrepot.contexts.ledger import Purpose
from entrepot.contexts.promotions import Layer, NewPromotion
from entrepot.kernel import clock
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.money import Currency
from entrepot.kernel.problems import each
from tests import filling
from tests.conftest import Installation
from tests.filling import Shop
from tests.living import Life


def starting(at: Installation, day: str) -> Life:
    with at.engine.begin() as sql:
        clock.start_at(sql, datetime.fromisoformat(day).astimezone(UTC))
    return Life(at.work)


def offer(life: Life, shop: Shop, layer: Layer, minor: int, currency: Currency) -> str:
    """A coupon of the shop at its own expense, or of the platform."""
    by_shop = layer is Layer.SELLER_COUPON
    now = life.do(lambda tx: tx.now)
    coupon = NewPromotion(
        owner_id=shop.merchant_id if by_shop else OrganisationId(0),
        market=shop.shop.market,
        layer=layer,
        title="A coupon",
        currency=currency,
        starts_at=now,
        ends_at=now + timedelta(days=9),
        code=layer.value.upper(),
        shop_id=shop.shop.id if by_shop else None,
        amount_minor=minor,
        seller_share_bp=10_000 if by_shop else 0,
    )
    life.do(lambda tx: each(promotions.create(tx, [coupon])))
    return layer.value.upper()


def line_of(life: Life, order: orders.OrderId) -> orders.Line:
    [line] = life.do(lambda tx: orders.lines(tx, [order]))
    return line


def fee_of(line: orders.Line) -> tuple[int, int]:
    """The base of the platform's commission, and the commission."""
    [part] = [part for part in line.parts if part.kind == "platform_commission"]
    return part.base, part.minor


def test_a_hundred_dollars_less_two_coupons(installation: Installation) -> None:
    """List 100, the seller's 10, the platform's 5: 6 % of 90 is 5.40, whatever the tax."""
    life = starting(installation, "2024-06-03T09:00-07:00")
    shop = filling.shop(life.work, price_minor=10_000)
    codes = (
        offer(life, shop, Layer.SELLER_COUPON, 1_000, Currency.USD),
        offer(life, shop, Layer.PLATFORM_COUPON, 500, Currency.USD),
    )
    life.paid_to(shop.merchant_id)
    [order] = life.buy({shop.skus[0]: 1}, coupon_codes=codes)
    line = line_of(life, order)

    assert (line.seller_discount_minor, line.platform_discount_minor) == (1_000, 500)
    assert line.payment_minor == 8_500 + line.tax_minor
    assert fee_of(line) == (9_000, 540)
    life.on(1)
    life.deliver(life.hand_over(order))
    # 100 − 10 is the seller's, less the fee: the platform pays its own 5.
    assert life.balance(Purpose.ON_HOLD, shop.merchant_id) == -(9_000 - 540)
    assert life.balance(Purpose.PROMOTION_EXPENSE) == 500
    life.on(20)
    assert life.balance(Purpose.BANK) == -8_460
    life.check()
    life.explained([order])


def test_ninety_five_pounds(installation: Installation) -> None:
    """80 net, 5 shipping, 10 of the platform: 9 % of 95 is 8.55, after 90 days free of fees."""
    life = starting(installation, "2024-07-01T09:00+01:00")
    shop = filling.shop(life.work, "self-operated", "gb", price_minor=9_000, shipping_minor=500)
    life.on(100)
    code = offer(life, shop, Layer.PLATFORM_COUPON, 1_000, Currency.GBP)
    [order] = life.buy({shop.skus[0]: 1}, "gb", coupon_codes=(code,))
    line = line_of(life, order)

    assert line.list_minor - line.platform_discount_minor == 8_000
    assert fee_of(line) == (9_500, 855)


@pytest.mark.parametrize(
    ("delivered", "eligible"),
    [
        ("2024-01-31T23:59:59-08:00", "2024-02-15T00:00-08:00"),  # Month-end.
        ("2024-02-14T09:00-08:00", "2024-02-29T00:00-08:00"),  # On to a leap day,
        ("2024-02-29T00:00-08:00", "2024-03-15T00:00-07:00"),  # from one, and into summer.
        ("2024-03-10T01:59:59-08:00", "2024-03-25T00:00-07:00"),  # The short day,
        ("2024-03-09T23:59:59-08:00", "2024-03-24T00:00-07:00"),
        ("2024-03-10T03:00-07:00", "2024-03-25T00:00-07:00"),
    ],
)
def test_days_are_the_markets(installation: Installation, delivered: str, eligible: str) -> None:
    assert eligible_at(installation, "2024-01-25T12:00-08:00", delivered) == eligible


@pytest.mark.parametrize(
    ("delivered", "eligible"),
    [
        ("2024-10-31T23:59:59-07:00", "2024-11-15T00:00-08:00"),  # 15 days, out of summer;
        ("2024-11-01T00:00-07:00", "2024-11-09T00:00-08:00"),  # the next rule: 7 + 1.
        ("2024-11-03T01:30-07:00", "2024-11-11T00:00-08:00"),  # The hour that comes twice:
        ("2024-11-03T01:30-08:00", "2024-11-11T00:00-08:00"),  # of the same long day.
        ("2024-12-31T23:59:59-08:00", "2025-01-08T00:00-08:00"),
    ],
)
def test_days_in_autumn(installation: Installation, delivered: str, eligible: str) -> None:
    assert eligible_at(installation, "2024-10-25T12:00-07:00", delivered) == eligible


def eligible_at(at: Installation, bought: str, delivered: str) -> str:
    """When a sale is eligible, in the market's time; checked by its statement as well."""
    life = starting(at, bought)
    shop = filling.shop(life.work)
    [order] = life.buy({shop.skus[0]: 1})
    life.on(0.1)
    parcel = life.hand_over(order)
    life.at(datetime.fromisoformat(delivered).astimezone(UTC))
    life.deliver(parcel)
    [claim] = life.do(lambda tx: settlement.claims_of_orders(tx, [order]))
    life.at(claim.eligible_at - timedelta(seconds=1))
    assert life.balance(Purpose.AVAILABLE, shop.merchant_id) == 0
    life.at(claim.eligible_at)
    assert life.balance(Purpose.AVAILABLE, shop.merchant_id) == claim.amount.minor * -1
    local = claim.eligible_at.astimezone(ZoneInfo("America/Los_Angeles"))
    return local.isoformat(timespec="minutes")


SHIPPED = Path(rulebook.__file__).parent / "data" / "modes" / "any" / "2010-01-01.toml"
INVENTED = """
[[rows]]
mode = "friendly-consignment"
title_holder = "merchant"
merchant_of_record = "platform"
retail_price_setter = "merchant"
content_owner = "merchant"
campaign_enroller = "merchant"
stock_planner = "merchant"
stock_position = "origin"
stock_owner = "merchant"
first_mile_payer = "merchant"
line_haul_payer = "platform"
last_mile_payer = "platform"
parcel_shipper = "platform"
customs_declarant = "platform"
deemed_supplier = "platform"
buyer_service = "platform"
return_cost_bearer = "merchant"
commission_payer = "merchant"
fee_scheme = "none"
settlement_basis = "supply_price_on_sale"
"""


def test_a_mode_is_a_file(installation: Installation, tmp_path: Path) -> None:
    """Nobody has ever programmed this mode: an order goes through it to a payout."""
    file = tmp_path / "modes" / "any" / "2024-01-01.toml"
    file.parent.mkdir(parents=True)
    file.write_text(SHIPPED.read_text(encoding="utf-8") + INVENTED, encoding="utf-8")
    life = Life(replace(installation.work, rules=rulebook.load(tmp_path)))
    shop = filling.shop(life.work, "friendly-consignment", price_minor=10_000)
    life.paid_to(shop.supplier_id)
    [order] = life.buy({shop.skus[0]: 2})
    life.on(1)
    life.deliver(life.hand_over(order))
    life.on(60)

    # The supply price of two; everything else is the platform's.
    assert life.balance(Purpose.BANK) == -2 * filling.UNIT_COST
    assert life.balance(Purpose.SALES_REVENUE) == -20_000
    life.check()
    life.explained([order])
