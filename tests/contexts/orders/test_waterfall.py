"""Where a buyer's payment goes: worked examples, and laws that hold for every line."""

import itertools
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from entrepot import rulebook
from entrepot.contexts import orders
from entrepot.contexts.orders import Charge, Commission, Part, Pricing
from entrepot.contexts.taxes import Side, TaxLine
from entrepot.kernel.access import OrganisationId
from entrepot.rulebook import Fee, Mode

MERCHANT, CREATOR = OrganisationId(7), OrganisationId(8)
BOOK = rulebook.load()
FLAGS = {
    "mode": "tried-here",
    "title_holder": "merchant",
    "merchant_of_record": "merchant",
    "retail_price_setter": "merchant",
    "content_owner": "merchant",
    "campaign_enroller": "merchant",
    "stock_planner": "merchant",
    "stock_position": "any",
    "stock_owner": "merchant",
    "first_mile_payer": "merchant",
    "line_haul_payer": "merchant",
    "last_mile_payer": "merchant",
    "parcel_shipper": "merchant",
    "customs_declarant": "merchant",
    "deemed_supplier": "merchant",
    "buyer_service": "merchant",
    "return_cost_bearer": "merchant",
    "commission_payer": "merchant",
    "fee_scheme": "referral",
    "settlement_basis": "retail_sale",
}


def flags(**changed: str) -> Mode:
    return Mode.model_validate({**FLAGS, **changed})


def charges(market: str, day: date, **case: Any) -> tuple[Charge, ...]:
    """The sale fees of a shipped file, as a quote finds them."""
    version = BOOK.on(Fee, market, day)
    given = {"kind": "platform_commission", "on": "sale", "fee_scheme": "referral", **case}
    return (Charge(fee=version.row(given), rule=version.ref),)


def tax(minor: int, *, included: bool = False, remitter: Side = Side.PLATFORM) -> TaxLine:
    return TaxLine(
        jurisdiction="US-CA",
        kind="sales_tax",
        base_minor=100_00,
        rate_ppm=80_000,
        minor=minor,
        included=included,
        remitter=remitter,
        rule="tax/us/2023-01-01@1",
    )


def amounts(parts: tuple[Part, ...]) -> dict[str, int]:
    return {part.kind: part.minor for part in parts}


def priced(list_minor: int = 100_00, **given: Any) -> Pricing:
    return Pricing(**{"merchant_id": MERCHANT, "flags": flags(), "list_minor": list_minor, **given})


@pytest.mark.parametrize(
    ("day", "fee"), [(date(2024, 3, 31), 2_10), (date(2024, 4, 1), 5_40), (date(2025, 5, 15), 5_40)]
)
def test_a_us_line_of_100_less_10_and_5_with_8_tax(day: date, fee: int) -> None:
    """Seller's discount 10, platform's 5: the base is payment and platform discount, less tax."""
    line = priced(
        seller_discount=10_00,
        platform_discount=5_00,
        taxes=(tax(8_00),),
        charges=charges("us", day),
    )

    [parts] = orders.split([line])

    assert line.payment == 93_00
    assert amounts(parts) == {
        "tax:US-CA": 8_00,
        "platform_promotion": -5_00,
        "platform_commission": fee,
        "net": 90_00 - fee,
    }
    assert parts[-1].owner == MERCHANT and parts[-1].purpose == "on_hold"


def test_a_british_line_of_95_with_vat_inside() -> None:
    line = priced(95_00, charges=charges("gb", date(2024, 9, 2), shop_age_days=400))

    [parts] = orders.split([line])

    assert amounts(parts) == {"platform_commission": 8_55, "net": 86_45}
    fee = parts[0]
    assert (fee.base, fee.rate_ppm, fee.rule) == (95_00, 90_000, "fees/gb/2024-09-02@1")
    assert fee.purpose == "fee_revenue:platform_commission"


def test_a_new_british_shop_starts_free() -> None:
    line = priced(95_00, charges=charges("gb", date(2024, 9, 2), shop_age_days=10))

    assert amounts(orders.split([line])[0]) == {"platform_commission": 0, "net": 95_00}


def test_what_is_charged_once_for_an_order_goes_by_line_amount() -> None:
    fee = charges("us", date(2024, 3, 31))
    lines = [priced(minor, charges=fee) for minor in (10_00, 20_00, 15_00)]

    parts = orders.split(lines)

    assert [each[0].fixed for each in parts] == [7, 13, 10]
    assert [each[0].minor for each in parts] == [20 + 7, 40 + 13, 30 + 10]


def test_a_free_order_bears_the_fixed_fee_in_equal_parts() -> None:
    fee = charges("us", date(2024, 3, 31))

    parts = orders.split([priced(0, charges=fee), priced(0, charges=fee)])

    assert [amounts(each) for each in parts] == [{"platform_commission": 15, "net": -15}] * 2


def test_the_platform_as_merchant_of_record_charges_itself_nothing() -> None:
    line = priced(
        shipping=4_00,
        flags=flags(merchant_of_record="platform", parcel_shipper="platform"),
        charges=charges("us", date(2024, 4, 1)),
        platform_discount=10_00,
    )

    [parts] = orders.split([line])

    assert amounts(parts) == {"platform_promotion": -10_00, "shipping": 4_00, "sales": 100_00}
    assert {part.owner for part in parts} == {0}


@pytest.mark.parametrize(
    ("payer", "expected"),
    [
        ("merchant", {"creator_commission": 9_00, "net": 81_00}),
        (
            "platform",
            {"creator_commission": 9_00, "creator_commission_borne": -9_00, "net": 90_00},
        ),
    ],
)
def test_who_pays_the_creator(payer: str, expected: dict[str, int]) -> None:
    promised = Commission(
        creator_id=CREATOR,
        plan_id=1,
        content="video",
        rate_bp=10_00,
        base=("list", "-seller_discount"),
        days=0,
        rule="commission/us/2023-01-01@1",
    )
    line = priced(seller_discount=10_00, commission=promised, flags=flags(commission_payer=payer))

    [parts] = orders.split([line])

    assert amounts(parts) == expected
    assert next(part.owner for part in parts if part.kind == "creator_commission") == CREATOR


def test_a_tax_that_the_merchant_remits_stays_with_the_merchant() -> None:
    line = priced(taxes=(tax(8_00, remitter=Side.MERCHANT),))

    assert amounts(orders.split([line])[0]) == {"net": 108_00}


def test_a_tax_inside_the_price_is_taken_out_of_it() -> None:
    line = priced(taxes=(tax(16_67, included=True),))

    assert line.payment == 100_00
    assert amounts(orders.split([line])[0]) == {"tax:US-CA": 16_67, "net": 83_33}


def test_what_rounding_leaves_of_a_step_is_the_sellers() -> None:
    parts = [part(33), part(33), part(34)]

    assert orders.reversed_share(parts, 0, 50, 100) == [16, 16, 18]
    assert orders.reversed_share(parts, 50, 100, 100) == [17, 17, 16]
    assert orders.left(parts, 50, 100) == [17, 17, 16]


def test_a_line_that_cost_nothing_is_taken_back_by_units() -> None:
    parts = [part(-500), part(500)]

    assert orders.reversed_share(parts, 0, 1, 2) == [-250, 250]
    assert orders.left(parts, 1, 2) == [-250, 250]


def part(minor: int) -> Part:
    return Part(kind="k", purpose="on_hold", owner=MERCHANT, minor=minor)


MINOR = st.integers(0, 10**9)


@st.composite
def pricings(draw: st.DrawFn) -> Pricing:
    """Any line that a quote could hold."""
    list_minor = draw(MINOR)
    seller = draw(st.integers(0, list_minor))
    platform = draw(st.integers(0, list_minor - seller))
    market, day = draw(
        st.sampled_from(
            [("us", date(2024, 1, 1)), ("us", date(2024, 4, 1)), ("gb", date(2024, 9, 2))]
        )
    )
    promised = Commission(
        creator_id=CREATOR,
        plan_id=1,
        content="live",
        rate_bp=draw(st.integers(0, 80_00)),
        base=("net_goods",),
        days=0,
        rule="r",
    )
    return priced(
        list_minor,
        seller_discount=seller,
        platform_discount=platform,
        shipping=draw(st.integers(0, 50_00)),
        taxes=tuple(
            tax(draw(st.integers(0, 10**6)), included=draw(st.booleans()))
            for _ in range(draw(st.integers(0, 2)))
        ),
        charges=charges(market, day, shop_age_days=draw(st.sampled_from([10, 1_000]))),
        commission=draw(st.sampled_from([None, promised])),
        flags=flags(
            merchant_of_record=draw(st.sampled_from(["merchant", "platform"])),
            parcel_shipper=draw(st.sampled_from(["merchant", "platform"])),
            commission_payer=draw(st.sampled_from(["merchant", "platform"])),
        ),
    )


@given(st.lists(pricings(), min_size=1, max_size=4))
def test_the_parts_of_a_line_add_up_to_its_payment(lines: list[Pricing]) -> None:
    for line, parts in zip(lines, orders.split(lines), strict=True):
        assert sum(each.minor for each in parts) == line.payment


@given(line=pricings(), cuts=st.lists(st.floats(0, 1), max_size=6))
def test_steps_add_up_and_all_steps_are_the_whole(line: Pricing, cuts: list[float]) -> None:
    assume(line.payment > 0)
    [parts] = orders.split([line])
    of = line.payment
    totals = [0, *sorted(int(cut * of) for cut in cuts), of]

    steps = [
        orders.reversed_share(parts, before, after, of)
        for before, after in itertools.pairwise(totals)
    ]

    for step, before, after in zip(steps, totals, totals[1:], strict=False):
        assert sum(step) == after - before
    assert [sum(amounts) for amounts in zip(*steps, strict=True)] == [each.minor for each in parts]


@given(line=pricings(), cut=st.floats(0, 1))
def test_what_is_left_and_what_went_back_are_the_part(line: Pricing, cut: float) -> None:
    assume(line.payment > 0)
    [parts] = orders.split([line])
    gone = int(cut * line.payment)

    rest = orders.left(parts, gone, line.payment)

    assert sum(rest) == line.payment - gone
    assert [
        kept + back
        for kept, back in zip(
            rest, orders.reversed_share(parts, 0, gone, line.payment), strict=True
        )
    ] == [each.minor for each in parts]
