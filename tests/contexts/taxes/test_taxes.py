"""Taxes by market and destination, who owes them, and what refunds take back."""

from datetime import date
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot import rulebook
from entrepot.contexts import taxes
from entrepot.contexts.taxes import Place, Side, Taxable, TaxLine
from entrepot.kernel.ids import Id
from entrepot.kernel.money import share

BOOK = cache(rulebook.load)
DAY = date(2024, 4, 1)
HOME = {
    "us": Place(country="US", region="CA"),
    "gb": Place(country="GB"),
    "de": Place(country="DE"),
    "th": Place(country="TH"),
    "br": Place(country="BR"),
}


def line(goods: int, shop: int = 1, **more: Any) -> Taxable:
    members: dict[str, Any] = {"merchant_of_record": "merchant", "deemed_supplier": "by_value"}
    return Taxable(shop_id=Id(shop), goods_minor=goods, **{**members, **more})


def taxed(market: str, *lines: Taxable, to: Place | None = None) -> list[tuple[TaxLine, ...]]:
    return taxes.of(BOOK(), market, DAY, to or HOME[market], lines)


def remitters(found: list[tuple[TaxLine, ...]]) -> list[str]:
    return [tax.remitter.value for each in found for tax in each]


def test_us_sales_tax_comes_on_top_and_the_platform_remits_it() -> None:
    [[tax]] = taxed("us", line(85_00, deemed_supplier="merchant"))

    assert tax == TaxLine(
        jurisdiction="US-CA",
        kind="sales_tax",
        base_minor=85_00,
        rate_ppm=82_500,
        minor=7_01,
        included=False,
        remitter=Side.PLATFORM,
        rule="tax/us/2023-01-01@1",
    )
    assert taxes.on_top([tax]) == 7_01


@pytest.mark.parametrize(
    ("market", "jurisdiction", "minor"),
    [("gb", "GB", 20_00), ("de", "DE", 19_16), ("th", "TH", 7_85), ("br", "BR", 17_44)],
)
def test_vat_is_inside_the_price(market: str, jurisdiction: str, minor: int) -> None:
    [[tax]] = taxed(market, line(120_00))

    assert (tax.jurisdiction, tax.minor, tax.included) == (jurisdiction, minor, True)
    assert taxes.on_top([tax]) == 0


def test_shipping_is_taxed_as_the_goods() -> None:
    [[tax]] = taxed("gb", line(100_00, shipping_minor=20_00))

    assert (tax.base_minor, tax.minor) == (120_00, 20_00)


@pytest.mark.parametrize(
    "to", [Place(country="US", region="OR"), Place(country="US"), Place(country="MX")]
)
def test_where_there_is_no_tax_there_is_no_line(to: Place) -> None:
    assert taxed("us", line(85_00), to=to) == [()]


def test_a_region_is_read_in_any_case() -> None:
    assert taxed("us", line(100), to=Place(country="us", region="ca")) == taxed("us", line(100))


def test_what_costs_nothing_is_not_taxed() -> None:
    assert taxed("us", line(0)) == [()]


@pytest.mark.parametrize(
    ("market", "gross", "remitter"),
    [
        ("gb", 162_00, "platform"),  # 135.00 without VAT: the limit itself.
        ("gb", 162_01, "merchant"),
        ("de", 178_50, "platform"),  # 150.00 without VAT.
        ("de", 178_51, "merchant"),
        ("th", 1, "merchant"),
        ("br", 1, "merchant"),
    ],
)
def test_the_deemed_supplier_by_value(market: str, gross: int, remitter: str) -> None:
    assert remitters(taxed(market, line(gross))) == [remitter]


def test_a_consignment_is_all_goods_of_one_shop_without_shipping() -> None:
    found = taxed(
        "gb",
        line(100_00, 1),
        line(62_01, 1),
        line(100_00, 2, shipping_minor=100_00),
    )

    assert remitters(found) == ["merchant", "merchant", "platform"]


@pytest.mark.parametrize(
    ("flags", "remitter"),
    [
        ({"deemed_supplier": "platform"}, "platform"),
        ({"deemed_supplier": "merchant"}, "merchant"),
        ({"deemed_supplier": "merchant", "merchant_of_record": "platform"}, "platform"),
    ],
)
def test_flags_that_do_not_ask_for_the_value(flags: dict[str, Any], remitter: str) -> None:
    assert remitters(taxed("gb", line(1_000_00, **flags), line(1_00, 2, **flags))) == [remitter] * 2


def test_the_day_chooses_the_rate() -> None:
    to = Place(country="FI")
    before, after = (
        taxes.of(BOOK(), "de", day, to, [line(125_50)])[0][0]
        for day in (date(2024, 8, 31), date(2024, 9, 1))
    )

    assert (before.minor, before.rule) == (24_29, "tax/de/2024-01-01@1")
    assert (after.minor, after.rule) == (25_50, "tax/de/2024-09-01@1")


def test_an_unknown_country_is_refused() -> None:
    with pytest.raises(rulebook.NoRuleFits):
        taxed("th", line(1_00), to=Place(country="US"))


def test_a_refund_turns_the_lines_round() -> None:
    [sold] = taxed("us", line(85_00))

    [back] = taxes.reverse(sold, 0, 92_01, 92_01)

    assert (back.minor, back.base_minor) == (-7_01, -85_00)
    assert (back.jurisdiction, back.rule) == (sold[0].jurisdiction, sold[0].rule)


@given(
    st.sampled_from(sorted(HOME)),
    st.integers(1, 10**10),
    st.lists(st.integers(0, 10**6), max_size=5),
)
def test_all_refunds_together_take_back_the_whole_tax(
    market: str, goods: int, cuts: list[int]
) -> None:
    [sold] = taxed(market, line(goods))
    whole = 10**6
    stops = [0, *sorted(cuts), whole]

    steps = [taxes.reverse(sold, before, after, whole) for before, after in pairwise(stops)]

    assert sum(tax.minor for step in steps for tax in step) == -sum(tax.minor for tax in sold)
    assert sum(t.base_minor for step in steps for t in step) == -sum(t.base_minor for t in sold)


@given(st.integers(1, 10**10), st.sampled_from(["gb", "de", "th", "br"]))
def test_an_included_tax_is_the_rate_of_what_is_left(gross: int, market: str) -> None:
    [[tax]] = taxed(market, line(gross))

    assert 0 <= tax.minor < gross
    assert abs(share(gross - tax.minor, tax.rate_ppm, 1_000_000) - tax.minor) <= 1
