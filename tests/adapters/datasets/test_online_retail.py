"""Online Retail: golden figures on rows written by hand, and on the committed extract."""

from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from entrepot.adapters.datasets.delays import drawn
from entrepot.adapters.datasets.history import (
    History,
    Listed,
    Purchase,
    RepairKind,
    Rule,
)
from entrepot.adapters.datasets.markets import MarketPlace, NoMarket, serving
from entrepot.adapters.datasets.online_retail import read_online_retail
from entrepot.adapters.datasets.rows import BrokenData
from entrepot.kernel.money import Currency

MARKETS = (
    MarketPlace("br", Currency.BRL, ("BR",), serves_rest=False),
    MarketPlace("de", Currency.EUR, ("DE", "FR"), serves_rest=False),
    MarketPlace("gb", Currency.GBP, ("GB",), serves_rest=True),
    MarketPlace("us", Currency.USD, ("US",), serves_rest=False),
)
HEAD = "invoice_no,stock_code,description,quantity,invoice_date,unit_price_gbp,customer_id,country"
HOME = "17850,United Kingdom"


def history_of(folder: Path, *rows: str, shift_weeks: int = 0) -> History:
    file = folder / "lines.csv"
    file.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    return read_online_retail(file, shift_weeks, MARKETS)


def only(history: History) -> Purchase:
    [purchase] = history.purchases
    return purchase


def late(invoice: str, placed: datetime) -> datetime:
    """When the goods of an invoice are there."""
    delay = drawn(invoice)
    return placed + delay.to_hand_over + delay.to_delivery


def test_an_invoice_at_home(tmp_path: Path) -> None:
    history = history_of(
        tmp_path,
        f"536365,85123A,WHITE HANGING HEART T-LIGHT HOLDER,6,2010-12-01 08:26:00,2.55,{HOME}",
        f"536365,85123a,WHITE HANGING HEART T-LIGHT HOLDER,4,2010-12-01 08:26:00,2.55,{HOME}",
        f"536365,71053,WHITE METAL LANTERN,6,2010-12-01 08:27:00,3.39,{HOME}",
    )
    purchase = only(history)
    placed = datetime(2010, 12, 1, 8, 26, tzinfo=UTC)

    assert (purchase.key, purchase.market, purchase.currency) == ("536365", "gb", "GBP")
    assert (purchase.buyer_key, purchase.country, purchase.city) == ("17850", "GB", "London")
    assert purchase.placed_at == purchase.paid_at == placed
    assert purchase.delivered_at == late("536365", placed)
    assert [(line.sku_key, line.quantity, line.unit_price_minor) for line in purchase.lines] == [
        ("85123A@gb", 10, 2_55),
        ("71053@gb", 6, 3_39),
    ]
    assert [line.rows for line in purchase.lines] == [(2, 3), (4,)]
    assert {line.seller_key for line in purchase.lines} == {"lighting-gb"}
    assert (history.own.items_minor, history.own.orders) == (45_84, 1)


def test_prices_are_converted_at_the_unshifted_day(tmp_path: Path) -> None:
    row = "536365,85123A,HEART,100,2010-12-01 08:26:00,2.55,17850,USA"
    purchase = only(history_of(tmp_path, row, shift_weeks=682))
    exchange = purchase.exchange

    assert exchange
    assert Fraction(exchange.num, exchange.den) == Fraction("1.3115") / Fraction("0.8393")
    assert exchange.day == date(2010, 12, 1)
    assert purchase.currency == "USD"
    assert purchase.lines[0].unit_price_minor == 3_98  # 3.98463…
    assert purchase.lines[0].source_minor == 255_00
    assert purchase.placed_at == datetime(2023, 12, 27, 8, 26, tzinfo=UTC)


def test_a_shift_keeps_the_wall_time_over_a_clock_change(tmp_path: Path) -> None:
    row = f"551000,85123A,HEART,1,2011-04-26 10:00:00,2.55,{HOME}"
    plain = only(history_of(tmp_path, row)).placed_at
    moved = only(history_of(tmp_path, row, shift_weeks=26)).placed_at

    assert plain == datetime(2011, 4, 26, 9, 0, tzinfo=UTC)
    assert moved == datetime(2011, 10, 25, 9, 0, tzinfo=UTC)
    winter = only(history_of(tmp_path, row, shift_weeks=30)).placed_at
    assert winter == datetime(2011, 11, 22, 10, 0, tzinfo=UTC)


def test_carriage_becomes_shipping_by_the_unit(tmp_path: Path) -> None:
    history = history_of(
        tmp_path,
        "536370,22728,ALARM CLOCK,3,2010-12-01 08:45:00,3.00,12583,United Kingdom",
        "536370,22727,ALARM CLOCK RED,2,2010-12-01 08:45:00,0.50,12583,United Kingdom",
        "536370,POST,POSTAGE,1,2010-12-01 08:45:00,18.02,12583,United Kingdom",
    )
    purchase = only(history)

    # 16.22 and 1.80 by amount: 5.40 and 0.90 a unit; 2 pennies are left and go to the pair.
    assert [line.unit_shipping_minor for line in purchase.lines] == [5_40, 91]
    assert purchase.freight_minor == purchase.source_freight_minor == 18_02
    assert history.skipped == ()
    assert history.own.freight_minor == 18_02


def test_carriage_that_does_not_divide_is_listed(tmp_path: Path) -> None:
    history = history_of(
        tmp_path,
        "536370,22728,ALARM CLOCK,24,2010-12-01 08:45:00,3.75,12583,United Kingdom",
        "536370,POST,POSTAGE,1,2010-12-01 08:45:00,1.00,12583,United Kingdom",
    )

    assert only(history).lines[0].unit_shipping_minor == 4
    assert history.listed() == [Listed(Rule.CARRIAGE_REMAINDER, 1, 4, "GBP")]


@pytest.mark.parametrize(
    ("row", "rule", "amount"),
    [
        ("536380,POST,POSTAGE,2,2010-12-01 09:00:00,18.00", "carriage_without_goods", 36_00),
        ("C536379,POST,POSTAGE,-1,2010-12-01 09:41:00,8.00", "carriage_credited", -8_00),
        ("C536379,D,Discount,-1,2010-12-01 09:41:00,27.50", "discount", -27_50),
        ("536380,M,Manual,1,2010-12-01 09:41:00,1.25", "manual_adjustment", 1_25),
        ("536380,m,Manual,1,2010-12-01 09:41:00,1.25", "manual_adjustment", 1_25),
        ("C536379,BANK CHARGES,Bank,-1,2010-12-01 09:41:00,37.50", "bank_charges", -37_50),
        ("C536379,AMAZONFEE,AMAZON,-1,2010-12-01 09:41:00,100.00", "marketplace_fee", -100_00),
        ("C536379,CRUK,Commission,-1,2010-12-01 09:41:00,1.60", "charity_commission", -1_60),
        ("C536379,S,SAMPLES,-1,2010-12-01 09:41:00,2.89", "samples", -2_89),
        ("536380,gift_0001_10,Voucher,1,2010-12-01 09:41:00,8.33", "gift_voucher", 8_33),
        ("A563186,B,Adjust,1,2010-12-01 09:41:00,-11062.06", "bad_debt", -11062_06),
        ("536380,21777,,-10,2010-12-01 09:41:00,0.0", "stock_correction", 0),
        ("536380,22841,TIN,1,2010-12-01 09:41:00,0.0", "no_price", 0),
        ("536380,PADS,PADS,40,2010-12-01 09:41:00,0.001", "price_too_small", 4),
        ("C536379,22841,TIN,-3,2010-12-01 09:41:00,7.95", "no_purchase_found", -23_85),
    ],
)
def test_each_rule(tmp_path: Path, row: str, rule: str, amount: int) -> None:
    history = history_of(tmp_path, f"{row},{HOME}")

    assert history.purchases == ()
    assert history.listed() == [Listed(Rule(rule), 1, amount, "GBP")]
    assert history.own.paid_minor == amount


def test_a_return_takes_the_latest_line_that_has_enough(tmp_path: Path) -> None:
    history = history_of(
        tmp_path,
        f"536365,22841,TIN,6,2010-12-01 08:00:00,7.95,{HOME}",
        f"536366,22841,TIN,2,2010-12-02 08:00:00,7.95,{HOME}",
        f"C540000,22841,TIN,-4,2011-06-01 08:00:00,7.00,{HOME}",
    )
    first, second = history.purchases
    [back] = first.returns

    assert second.returns == ()
    assert (back.line, back.quantity, back.source, back.with_shipping) == (0, 4, "C540000:4", False)
    assert back.at == datetime(2011, 6, 1, 7, 0, tzinfo=UTC)
    assert back.source_minor == 28_00


def test_a_return_is_split_where_no_line_has_enough(tmp_path: Path) -> None:
    history = history_of(
        tmp_path,
        f"536365,22841,TIN,6,2010-12-01 08:00:00,7.95,{HOME}",
        f"536366,22841,TIN,2,2010-12-02 08:00:00,7.95,{HOME}",
        f"C540000,22841,TIN,-9,2011-06-01 08:00:00,7.95,{HOME}",
    )

    assert [sale.returns[0].quantity for sale in history.purchases] == [6, 2]
    assert history.listed() == [Listed(Rule.NO_PURCHASE_FOUND, 1, -7_95, "GBP")]


@pytest.mark.parametrize(
    "buyer",
    ["17851,United Kingdom", "17850,France", ",United Kingdom"],
)
def test_another_buyer_s_purchase_is_not_taken_back(tmp_path: Path, buyer: str) -> None:
    history = history_of(
        tmp_path,
        f"536365,22841,TIN,6,2010-12-01 08:00:00,7.95,{HOME}",
        f"C540000,22841,TIN,-4,2011-06-01 08:00:00,7.95,{buyer}",
    )

    assert only(history).returns == ()
    assert history.listed() == [Listed(Rule.NO_PURCHASE_FOUND, 1, -31_80, "GBP")]


def test_a_later_purchase_is_not_taken_back(tmp_path: Path) -> None:
    history = history_of(
        tmp_path,
        f"C536364,22841,TIN,-4,2010-12-01 07:59:00,7.95,{HOME}",
        f"536365,22841,TIN,6,2010-12-01 08:00:00,7.95,{HOME}",
    )

    assert only(history).returns == ()


def test_a_return_before_delivery_happens_on_delivery(tmp_path: Path) -> None:
    history = history_of(
        tmp_path,
        f"536365,22841,TIN,6,2010-12-01 08:00:00,7.95,{HOME}",
        f"C536366,22841,TIN,-1,2010-12-01 08:30:00,7.95,{HOME}",
    )
    purchase = only(history)

    assert purchase.returns[0].at == purchase.delivered_at
    assert history.repaired() == {RepairKind.RETURN_BEFORE_DELIVERY: 1}


def test_a_whole_invoice_taken_back_before_hand_over_is_cancelled(tmp_path: Path) -> None:
    history = history_of(
        tmp_path,
        f"536365,22841,TIN,6,2010-12-01 08:00:00,7.95,{HOME}",
        f"C536366,22841,TIN,-6,2010-12-01 08:30:00,7.95,{HOME}",
    )
    purchase = only(history)

    assert drawn("536365").to_hand_over.total_seconds() > 1800
    assert purchase.cancelled_at == datetime(2010, 12, 1, 8, 30, tzinfo=UTC)
    assert (purchase.handed_over_at, purchase.delivered_at, purchase.returns) == (None, None, ())
    assert [each.quantity for each in purchase.cancelled_by] == [6]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("536365,22841,TIN,6,2010-12-01 08:00:00,-7.95,,France", "must not be negative"),
        ("536365,22841,TIN,six,2010-12-01 08:00:00,7.95,,France", "must be a whole number"),
        ("536365,22841,TIN,6,01/12/2010 08:00,7.95,,France", "must be a local time"),
        ("536365,22841,TIN,6,2010-12-01 08:00:00,7.95,,Atlantis", "must be a country of"),
        ("536365,,TIN,6,2010-12-01 08:00:00,7.95,,France", "must not be empty"),
        ("C36365,22841,TIN,6,2010-12-01 08:00:00,7.95,,France", "must be negative in a"),
        ("536365,22841,TIN,6,2010-12-01 08:00:00,7.95000001,,France", "at most 4 places"),
    ],
)
def test_broken_rows_are_refused(tmp_path: Path, row: str, fault: str) -> None:
    with pytest.raises(BrokenData, match=fault) as refusal:
        history_of(tmp_path, row)

    assert refusal.value.members["count"] == 1
    assert str(refusal.value).splitlines()[1].startswith("lines.csv:2 ")


def test_an_invoice_has_one_buyer(tmp_path: Path) -> None:
    with pytest.raises(BrokenData, match=r"lines\.csv:3 customer_id is '17851': must be '17850'"):
        history_of(
            tmp_path,
            f"536365,22841,TIN,6,2010-12-01 08:00:00,7.95,{HOME}",
            "536365,22842,TIN,6,2010-12-01 08:00:00,7.95,17851,United Kingdom",
        )


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenData, match=r"nowhere\.csv:0 file is 'FileNotFoundError'"):
        read_online_retail(tmp_path / "nowhere.csv", 0, MARKETS)


def test_a_country_without_a_market_is_refused() -> None:
    with pytest.raises(NoMarket, match="no market serves TH; open are: br, de"):
        serving(MARKETS[:2], "TH")
