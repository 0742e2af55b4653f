"""The price waterfall: layers, exclusivity, the best coupon, who pays."""

from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot import rulebook
from entrepot.contexts import promotions
from entrepot.contexts.promotions import (
    Basket,
    BasketLine,
    Layer,
    Limits,
    Promotion,
    PromotionId,
    Unused,
    UnusedCode,
    Used,
    uses,
)

from .offers import MERCHANT, OTHER, PLATFORM, SHOPS, discounts, line, promotion


@cache
def rule() -> rulebook.Promotions:
    return rulebook.load().on(rulebook.Promotions, "us", date(2024, 4, 1)).row({})


def priced(
    offers: list[Promotion], lines: list[BasketLine], *codes: str, **more: Any
) -> promotions.BasketPrice:
    basket = Basket(lines=tuple(lines), codes=codes, **more)
    [price] = promotions.price(rule(), offers, [basket])
    return price


def test_without_offers_the_list_price_is_the_price() -> None:
    price = priced([], [line(100_00)])

    assert discounts(price) == [(0, 0)]
    assert price.lines[0].net_minor == 100_00


def test_the_worked_example_of_the_us_fee() -> None:
    """List 100, seller discount 10, platform discount 5: net 85."""
    seller = promotion(1, Layer.SELLER_DISCOUNT, amount_minor=10_00)
    platform = promotion(2, Layer.PLATFORM_DISCOUNT, amount_minor=5_00)

    price = priced([seller, platform], [line(100_00)])

    assert discounts(price) == [(10_00, 5_00)]
    assert price.lines[0].net_minor == 85_00


def test_each_layer_works_on_what_the_one_before_left() -> None:
    seller = promotion(2, Layer.SELLER_DISCOUNT, rate_bp=1000)
    platform = promotion(1, Layer.PLATFORM_DISCOUNT, rate_bp=1000)

    assert discounts(priced([platform, seller], [line(100_00)])) == [(10_00, 9_00)]


def test_a_flash_deal_shuts_out_the_seller_discount_of_its_line_only() -> None:
    flash = promotion(1, Layer.FLASH_DEAL, rate_bp=2000, product_id=31)
    seller = promotion(2, Layer.SELLER_DISCOUNT, rate_bp=1000)

    price = priced([flash, seller], [line(100_00), line(100_00, product=32)])

    assert discounts(price) == [(20_00, 0), (10_00, 0)]


def test_only_the_best_coupon_of_a_seller_counts() -> None:
    small = promotion(1, Layer.SELLER_COUPON, amount_minor=9_00, code="NINE")
    large = promotion(2, Layer.SELLER_COUPON, rate_bp=1000, code="TENTH")
    other = promotion(3, Layer.SELLER_COUPON, OTHER, amount_minor=3_00, code="THREE")

    price = priced(
        [small, large, other], [line(100_00), line(50_00, OTHER)], "nine", "Tenth ", "THREE"
    )

    assert discounts(price) == [(10_00, 0), (3_00, 0)]
    assert price.unused_codes == (UnusedCode("NINE", Unused.ANOTHER_IS_BETTER),)


def test_of_equal_coupons_the_older_counts() -> None:
    one, two = (promotion(n, Layer.SELLER_COUPON, code=f"C{n}") for n in (1, 2))

    price = priced([two, one], [line(100_00)], "C1", "C2")

    assert [part.promotion_id for part in price.lines[0].applied] == [1]


def test_a_code_is_needed_and_unknown_ones_are_told() -> None:
    coupon = promotion(1, Layer.SELLER_COUPON)

    assert discounts(priced([coupon], [line(100_00)])) == [(0, 0)]
    unused = priced([coupon], [line(100_00)], "NOPE", "ten").unused_codes
    assert unused == (UnusedCode("NOPE", Unused.NOT_VALID),)


def test_each_code_that_brings_nothing_says_why() -> None:
    offers = [
        promotion(1, Layer.SELLER_COUPON, code="ONCE", limits=Limits(per_buyer=1)),
        promotion(2, Layer.SELLER_COUPON, code="NEW", new_customers_only=True),
        promotion(3, Layer.SELLER_COUPON, code="MUCH", min_spend_minor=500_00),
        promotion(4, Layer.SELLER_COUPON, OTHER, code="THEIRS"),
    ]
    basket = Basket(lines=(line(100_00),), codes=("ONCE", "NEW", "MUCH", "THEIRS", "NONE"))
    known = replace(basket, buyer="person:1", used={PromotionId(1): Used(times=1)})

    prices = promotions.price(rule(), offers, [basket, known])

    guest, buyer = ([one.why for one in price.unused_codes] for price in prices)
    elsewhere = [Unused.BELOW_MINIMUM, Unused.NOT_VALID, Unused.NOT_VALID]
    assert guest == [Unused.SIGN_IN, Unused.SIGN_IN, *elsewhere]
    assert buyer == [Unused.USED_BEFORE, Unused.NEW_CUSTOMERS_ONLY, *elsewhere]


def test_a_coupon_that_another_layer_shuts_out_is_not_below_its_minimum() -> None:
    flash = promotion(1, Layer.FLASH_DEAL, rate_bp=2000, product_id=31)
    coupon = promotion(2, Layer.SELLER_DISCOUNT, code="TEN", min_spend_minor=50_00)

    price = priced([flash, coupon], [line(100_00)], "TEN")

    assert price.unused_codes == (UnusedCode("TEN", Unused.ANOTHER_IS_BETTER),)


def test_a_coupon_is_allocated_by_amount_and_nothing_is_lost() -> None:
    coupon = promotion(1, Layer.SELLER_COUPON, amount_minor=10_00)

    price = priced([coupon], [line(1_00), line(1_00), line(28_00)], "TEN")

    assert discounts(price) == [(34, 0), (33, 0), (9_33, 0)]


def test_a_coupon_never_costs_more_than_the_goods() -> None:
    coupon = promotion(1, Layer.SELLER_COUPON, amount_minor=10_00)

    assert discounts(priced([coupon], [line(4_00), line(1)], "TEN")) == [(4_00, 0), (1, 0)]


def test_a_fixed_discount_is_per_unit() -> None:
    seller = promotion(1, Layer.SELLER_DISCOUNT, amount_minor=1_50)

    assert discounts(priced([seller], [line(30_00, quantity=3)])) == [(4_50, 0)]


def test_a_coupon_by_rate_is_capped() -> None:
    coupon = promotion(1, Layer.SELLER_COUPON, rate_bp=5000, max_discount_minor=8_00)

    assert discounts(priced([coupon], [line(100_00)], "TEN")) == [(8_00, 0)]


@pytest.mark.parametrize(("minor", "discount"), [(49_99, 0), (50_00, 10_00)])
def test_a_minimum_spend_is_asked_of_the_lines_it_serves(minor: int, discount: int) -> None:
    coupon = promotion(1, Layer.SELLER_COUPON, min_spend_minor=50_00)

    price = priced([coupon], [line(minor), line(500_00, OTHER)], "TEN")

    assert discounts(price) == [(discount, 0), (0, 0)]


def test_new_customers_get_thirty_percent_and_no_platform_coupon() -> None:
    newcomer = promotion(1, Layer.NEW_CUSTOMER_COUPON)
    platform = promotion(2, Layer.PLATFORM_COUPON)
    lines = [line(100_00), line(50_00, OTHER)]

    assert discounts(priced([newcomer, platform], lines, is_new_customer=True)) == [
        (0, 30_00),
        (0, 15_00),
    ]
    assert discounts(priced([newcomer, platform], lines)) == [(0, 3_33), (0, 1_67)]


def test_what_counts_buyers_needs_one() -> None:
    once = promotion(1, Layer.PLATFORM_COUPON, limits=promotions.Limits(per_buyer=1))

    assert discounts(priced([once], [line(100_00)])) == [(0, 0)]
    assert discounts(priced([once], [line(100_00)], buyer="person:1")) == [(0, 5_00)]


def test_a_shared_discount_names_both_funders() -> None:
    coupon = promotion(7, Layer.SELLER_COUPON, amount_minor=10_01, seller_share_bp=5000)

    price = priced([coupon], [line(100_00)], "TEN")

    assert [(part.funder_id, part.minor) for part in price.lines[0].applied] == [
        (MERCHANT, 5_00),
        (PLATFORM, 5_01),
    ]
    assert uses(price.lines, "group:1", "person:1") == [
        promotions.Use(
            promotion_id=promotions.PromotionId(7),
            reference="group:1",
            buyer="person:1",
            minor=10_01,
        )
    ]


def test_a_merchants_offer_serves_that_merchant_only() -> None:
    odd = promotion(1, Layer.SELLER_DISCOUNT, MERCHANT, shop_id=SHOPS[OTHER])

    assert discounts(priced([odd], [line(100_00), line(100_00, OTHER)])) == [(0, 0), (0, 0)]


def test_baskets_of_a_batch_do_not_meet() -> None:
    offers = [promotion(1, Layer.SELLER_COUPON), promotion(2, Layer.SELLER_COUPON, OTHER, code="B")]
    one = Basket(lines=(line(100_00),), codes=("TEN",))
    two = Basket(lines=(line(100_00, OTHER),), codes=("TEN",))

    first, second = promotions.price(rule(), offers, [one, two])

    assert (discounts(first), discounts(second)) == ([(10_00, 0)], [(0, 0)])
    assert second.unused_codes == (UnusedCode("TEN", Unused.NOT_VALID),)


LINES = st.lists(
    st.builds(
        line,
        st.integers(0, 10**9),
        st.sampled_from([MERCHANT, OTHER]),
        st.integers(1, 9),
        st.integers(31, 33),
        sku=st.sampled_from([41, 42]),
        shipping=st.integers(0, 10**6),
    ),
    min_size=1,
    max_size=6,
)
AMOUNT = st.one_of(
    st.builds(lambda rate: {"rate_bp": rate}, st.integers(1, 10_000)),
    st.builds(lambda minor: {"amount_minor": minor}, st.integers(1, 10**9)),
)
UNITS = st.sampled_from([None, 1, 3])


@st.composite
def way(draw: st.DrawFn, layer: Layer) -> dict[str, Any]:
    """A rate, an amount, or, of what lowers prices of units, a price; perhaps for so many units."""
    if layer not in {Layer.FLASH_DEAL, Layer.SELLER_DISCOUNT}:
        return draw(AMOUNT)
    price = {"price_minor": draw(st.integers(1, 10**9)), "rate_bp": None, "amount_minor": None}
    limits = promotions.Limits(units=draw(UNITS), units_per_buyer=draw(UNITS))
    return {**draw(st.one_of(AMOUNT, st.just(price))), "limits": limits}


@st.composite
def offers(draw: st.DrawFn) -> list[Promotion]:
    layers = draw(st.lists(st.sampled_from(Layer), max_size=8))
    return [
        promotion(
            n + 1,
            layer,
            draw(st.sampled_from([MERCHANT, OTHER])),
            code=draw(st.sampled_from([None, "A", "B"])),
            min_spend_minor=draw(st.sampled_from([0, 5_000])),
            product_id=draw(st.sampled_from([None, 31])),
            sku_id=draw(st.sampled_from([None, None, 41])),
            activity_id=draw(st.sampled_from([None, promotions.ActivityId(5)])),
            **draw(way(layer)),
        )
        for n, layer in enumerate(layers)
    ]


@given(offers(), LINES, st.booleans())
def test_the_laws_of_every_waterfall(
    offers: list[Promotion], lines: list[BasketLine], is_new: bool
) -> None:
    price = priced(offers, lines, "A", "B", is_new_customer=is_new, buyer="person:1")

    for bought, line_price in zip(lines, price.lines, strict=True):
        parts = line_price.applied
        assert all(part.minor > 0 for part in parts)
        assert all(part.funder_id in {bought.merchant_id, PLATFORM} for part in parts)
        off = sum(part.minor for part in parts)
        assert line_price.seller_discount + line_price.platform_discount == off
        assert line_price.net_minor == bought.list_minor - off >= 0
        layers = {part.layer for part in parts}
        assert all(len(layers & set(group)) <= 1 for group in rule().exclusive)
        assert sorted(layers, key=rule().layers.index) == list(
            dict.fromkeys(p.layer for p in parts)
        )
        off_shipping = sum(part.minor for part in line_price.off_shipping)
        assert 0 <= line_price.shipping_discount == off_shipping <= bought.shipping_minor
    taken = uses(price.lines, "r", None)
    assert sum(use.minor for use in taken) == sum(
        each.list_minor - each.net_minor + each.shipping_discount for each in price.lines
    )
    limits = {each.id: each.offer.limits for each in offers}
    for use in taken:
        bounds = (limits[use.promotion_id].units, limits[use.promotion_id].units_per_buyer)
        assert all(bound is None or use.units <= bound for bound in bounds)


@given(offers(), LINES)
def test_fixed_coupons_take_exactly_their_amount(
    offers: list[Promotion], lines: list[BasketLine]
) -> None:
    fixed = {
        each.id: each.offer.amount_minor
        for each in offers
        if each.offer.amount_minor and each.offer.layer.endswith("coupon")
    }
    price = priced(offers, lines, "A", "B")

    for use in uses(price.lines, "r", None):
        if use.promotion_id in fixed:
            served = [
                p for p in price.lines if any(a.promotion_id == use.promotion_id for a in p.applied)
            ]
            whole = use.minor == fixed[use.promotion_id]
            assert whole or all(p.net_minor == 0 for p in served)
