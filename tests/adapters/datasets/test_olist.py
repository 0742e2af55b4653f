"""Olist's folders: golden figures by hand, lives by date and status, the whole development set."""

import gzip
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entrepot.adapters.datasets.history import Listed, OwnOrder, Purchase, RepairKind, Rule
from entrepot.adapters.datasets.olist import read_olist
from tests.adapters.datasets.olist_folder import one_order, write

OLIST = Path(__file__).parents[4] / "shared" / "data" / "olist_orders"


def sale(folder: Path) -> Purchase:
    [purchase] = read_olist(folder).purchases
    return purchase


def at(text: str) -> datetime:
    """A local Brazilian time of March 2017, which was three hours behind UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC) + timedelta(hours=3)


def test_one_order_whole(tmp_path: Path) -> None:
    first = read_olist(write(tmp_path)).purchases[0]

    assert (first.key, first.market, first.currency) == ("o1", "br", "BRL")
    assert (first.placed_at, first.paid_at) == (at("2017-03-01 10:00"), at("2017-03-01 10:20"))
    assert first.handed_over_at == at("2017-03-02 09:00")
    assert first.delivered_at == at("2017-03-08 15:00")
    assert (first.buyer_key, first.country, first.region) == ("u1", "BR", "SP")
    assert (first.postal_code, first.city) == ("13272", "valinhos")
    assert [
        (line.sku_key, line.seller_key, line.quantity, line.unit_price_minor)
        for line in first.lines
    ] == [("p1@s1", "s1", 2, 144_00), ("p2@s2", "s2", 1, 810_00)]
    assert [line.unit_shipping_minor for line in first.lines] == [8_77, 70_75]
    assert [line.rows for line in first.lines] == [(2, 3), (4,)]
    assert (first.items_minor, first.freight_minor) == (1098_00, 88_29)
    assert first.repairs == ()


def test_the_set_s_own_figures(tmp_path: Path) -> None:
    own = read_olist(write(tmp_path)).own

    assert (own.currency, own.orders, own.orders_without_goods) == ("BRL", 3, 1)
    assert (own.items_minor, own.freight_minor, own.paid_minor) == (1108_85, 90_44, 1268_84)
    assert own.credited_minor == 10_00
    assert own.by_order["o1"] == OwnOrder("o1", 1098_00, 88_29, 1200_29, 0)
    assert own.by_order["o4"] == OwnOrder("o4", 0, 0, 55_55, 0)


def test_orders_without_goods_are_counted_apart(tmp_path: Path) -> None:
    history = read_olist(write(tmp_path))

    assert [sale.key for sale in history.purchases] == ["o1", "o2", "o3"]
    assert history.listed() == [Listed(Rule.NO_GOODS, 1, 55_55, "BRL")]


def test_sellers_open_on_their_first_sale(tmp_path: Path) -> None:
    sellers = read_olist(write(tmp_path)).sellers

    assert [(one.key, one.first_day) for one in sellers] == [
        ("s1", date(2017, 3, 1)),
        ("s2", date(2017, 3, 1)),
    ]
    assert sellers[0].name == "Olist seller s1 (santo andre, SP)"
    assert sellers[1].name == "Olist seller s2"


def test_a_product_of_two_sellers_is_two_products(tmp_path: Path) -> None:
    history = read_olist(write(tmp_path))

    assert [one.key for one in history.products] == ["p1@s1", "p2@s1", "p2@s2"]
    assert [one.category_key for one in history.products] == ["hb-3", "na", "na"]
    assert next(one.title_en for one in history.products) == "Health beauty p1"


def test_a_second_price_in_an_order_is_a_second_sku(tmp_path: Path) -> None:
    items = ["o1,1,p1,s1,,10.00,1.00", "o1,2,p1,s1,,11.00,1.00", "o1,3,p1,s1,,10.00,1.00"]
    history = read_olist(
        write(
            tmp_path,
            {
                "orders": ["o1,c1,created,2017-03-01 10:00:00,,,,"],
                "order_items": items,
                "order_payments": [],
            },
        )
    )
    [purchase] = history.purchases

    assert [(line.sku_key, line.quantity) for line in purchase.lines] == [
        ("p1@s1", 2),
        ("p1@s1#2", 1),
    ]
    assert [(one.key, one.product_key) for one in history.skus] == [
        ("p1@s1", "p1@s1"),
        ("p1@s1#2", "p1@s1"),
    ]
    assert history.repaired() == {RepairKind.SAME_PRODUCT_TWO_PRICES: 1}


def test_cancelled_before_hand_over(tmp_path: Path) -> None:
    second = read_olist(write(tmp_path)).purchases[1]

    assert second.cancelled_at == second.paid_at == at("2017-03-04 08:00")
    assert (second.handed_over_at, second.returned_to_sender) == (None, False)


def test_shipped_stays_on_its_way(tmp_path: Path) -> None:
    third = read_olist(write(tmp_path)).purchases[2]

    assert third.handed_over_at == at("2017-03-06 12:00")
    assert (third.delivered_at, third.cancelled_at) == (None, None)


def test_cancelled_after_hand_over_returns_to_sender(tmp_path: Path) -> None:
    dates = "2017-03-01 10:20:00,2017-03-02 09:00:00,,2017-03-20 00:00:00"
    purchase = sale(one_order(tmp_path, dates, "canceled"))

    assert purchase.returned_to_sender
    assert purchase.cancelled_at == purchase.handed_over_at == at("2017-03-02 09:00")
    assert [one.kind for one in purchase.repairs] == [RepairKind.CANCELLED_AFTER_HAND_OVER]


def test_cancelled_after_delivery_comes_back_whole(tmp_path: Path) -> None:
    dates = "2017-03-01 10:20:00,2017-03-02 09:00:00,2017-03-08 15:00:00,"
    purchase = sale(one_order(tmp_path, dates, "canceled"))
    [back] = purchase.returns

    assert (purchase.cancelled_at, purchase.returned_to_sender) == (None, False)
    assert purchase.delivered_at == back.at == at("2017-03-08 15:00")
    assert (back.line, back.quantity, back.with_shipping) == (0, 1, True)
    assert [one.kind for one in purchase.repairs] == [RepairKind.CANCELLED_AFTER_DELIVERY]


@pytest.mark.parametrize(
    ("dates", "kind", "lived"),
    [
        (
            "2017-02-28 10:00:00,2017-03-02 09:00:00,2017-03-08 15:00:00,",
            RepairKind.APPROVAL_BEFORE_PURCHASE,
            ("2017-03-01 10:00", "2017-03-02 09:00", "2017-03-08 15:00"),
        ),
        (
            ",2017-03-02 09:00:00,2017-03-08 15:00:00,",
            RepairKind.APPROVAL_MISSING,
            ("2017-03-01 10:00", "2017-03-02 09:00", "2017-03-08 15:00"),
        ),
        (
            "2017-03-03 10:00:00,2017-03-02 09:00:00,2017-03-08 15:00:00,",
            RepairKind.HAND_OVER_BEFORE_PAYMENT,
            ("2017-03-03 10:00", "2017-03-03 10:00", "2017-03-08 15:00"),
        ),
        (
            "2017-03-01 10:20:00,2017-03-09 09:00:00,2017-03-08 15:00:00,",
            RepairKind.DELIVERY_BEFORE_HAND_OVER,
            ("2017-03-01 10:20", "2017-03-09 09:00", "2017-03-09 09:00"),
        ),
        (
            "2017-03-01 10:20:00,,2017-03-08 15:00:00,",
            RepairKind.HAND_OVER_MISSING,
            ("2017-03-01 10:20", "2017-03-08 15:00", "2017-03-08 15:00"),
        ),
        (
            "2017-03-01 10:20:00,2017-03-02 09:00:00,,2017-03-20 00:00:00",
            RepairKind.DELIVERY_DATE_MISSING,
            ("2017-03-01 10:20", "2017-03-02 09:00", "2017-03-20 00:00"),
        ),
        (
            "2017-03-01 10:20:00,2017-03-02 09:00:00,,2017-03-01 00:00:00",
            RepairKind.DELIVERY_DATE_MISSING,
            ("2017-03-01 10:20", "2017-03-02 09:00", "2017-03-02 09:00"),
        ),
    ],
)
def test_each_repair(
    tmp_path: Path, dates: str, kind: RepairKind, lived: tuple[str, str, str]
) -> None:
    purchase = sale(one_order(tmp_path, dates))

    assert (purchase.paid_at, purchase.handed_over_at, purchase.delivered_at) == tuple(
        at(text) for text in lived
    )
    assert [one.kind for one in purchase.repairs] == [kind]


def test_delivered_without_any_date(tmp_path: Path) -> None:
    purchase = sale(one_order(tmp_path, "2017-03-01 10:20:00,,,"))

    assert purchase.paid_at == purchase.handed_over_at == purchase.delivered_at
    assert {one.kind for one in purchase.repairs} == {
        RepairKind.HAND_OVER_MISSING,
        RepairKind.DELIVERY_DATE_MISSING,
    }


def test_without_payment_rows_and_approval_nothing_is_paid(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        {
            "orders": ["o1,c1,created,2017-03-01 10:00:00,,,,"],
            "order_items": ["o1,1,p1,s1,,1,0"],
            "order_payments": [],
        },
    )

    assert sale(folder).paid_at is None


def test_what_was_never_paid_is_not_taken_back(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        {
            "orders": ["o1,c1,canceled,2017-03-01 10:00:00,,,,"],
            "order_items": ["o1,1,p1,s1,,1,0"],
            "order_payments": [],
        },
    )
    history = read_olist(folder)

    assert history.own.credited_minor == 0
    assert history.purchases[0].paid_at is None
    assert history.purchases[0].cancelled_at == at("2017-03-01 10:00")


def test_packed_files_and_further_columns_read_the_same(tmp_path: Path) -> None:
    plain = read_olist(write(tmp_path))
    for path in [*tmp_path.iterdir()]:
        packed = gzip.compress(path.read_bytes(), mtime=0)
        path.with_suffix(".csv.gz").write_bytes(packed)
        path.unlink()

    assert read_olist(tmp_path) == plain


def test_a_further_column_is_let_be(tmp_path: Path) -> None:
    plain = read_olist(write(tmp_path))
    path = tmp_path / "sellers.csv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0] + ",holdout_seller", *(f"{one},1" for one in lines[1:])]))

    wider = read_olist(tmp_path)
    assert wider.digest != plain.digest
    assert replace(wider, digest=plain.digest) == plain


def test_the_digest_knows_the_shift(tmp_path: Path) -> None:
    folder = write(tmp_path)

    assert read_olist(folder).digest == read_olist(folder, 0).digest
    assert read_olist(folder).digest != read_olist(folder, 1).digest


def test_hours_that_the_clocks_skip_or_show_twice(tmp_path: Path) -> None:
    # Brazil went forward at 00:00 on 2017-10-15 and back at 24:00 on 2018-02-17.
    folder = write(
        tmp_path,
        {
            "orders": [
                "o1,c1,created,2017-10-15 00:30:00,,,,",
                "o2,c2,created,2018-02-17 23:30:00,,,,",
            ],
            "order_items": ["o1,1,p1,s1,,1,0", "o2,1,p1,s1,,1,0"],
            "order_payments": [],
        },
    )
    history = read_olist(folder)

    assert [sale.placed_at for sale in history.purchases] == [
        datetime(2017, 10, 15, 3, 30, tzinfo=UTC),
        datetime(2018, 2, 18, 1, 30, tzinfo=UTC),
    ]
    assert history.repaired() == {
        RepairKind.LOCAL_TIME_AMBIGUOUS: 1,
        RepairKind.LOCAL_TIME_SKIPPED: 1,
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(weeks=st.integers(0, 1000))
def test_a_shift_keeps_weekday_and_wall_time(tmp_path: Path, weeks: int) -> None:
    folder = write(tmp_path)
    zone = ZoneInfo("America/Sao_Paulo")
    before, after = read_olist(folder).purchases, read_olist(folder, weeks).purchases

    assert [sale.key for sale in before] == [sale.key for sale in after]
    for one, other in zip(before, after, strict=True):
        moved = other.placed_at.astimezone(zone).replace(tzinfo=None)
        assert moved - timedelta(weeks=weeks) == one.placed_at.astimezone(zone).replace(tzinfo=None)


@pytest.mark.slow
def test_the_development_set() -> None:
    if not OLIST.exists():
        pytest.skip("Olist's data lie outside the repository and are not beside it")
    history = read_olist(OLIST)
    own = history.own

    assert (own.orders, own.orders_without_goods) == (14_486, 642)
    assert (own.items_minor, own.freight_minor) == (1_980_570_40, 331_498_92)
    assert own.paid_minor == 2_447_109_77
    assert own.credited_minor == 77_290_67
    assert sum(sale.items_minor for sale in history.purchases) == own.items_minor
    assert sum(sale.freight_minor for sale in history.purchases) == own.freight_minor
    assert history.listed() == [Listed(Rule.NO_GOODS, 642, 134_636_53, "BRL")]
    assert (len(history.sellers), len(history.products)) == (1705, 8708)
    assert history.repaired() == {
        RepairKind.APPROVAL_MISSING: 1,
        RepairKind.CANCELLED_AFTER_DELIVERY: 4,
        RepairKind.CANCELLED_AFTER_HAND_OVER: 51,
        RepairKind.DELIVERY_BEFORE_HAND_OVER: 11,
        RepairKind.DELIVERY_DATE_MISSING: 8,
        RepairKind.HAND_OVER_BEFORE_PAYMENT: 199,
        RepairKind.HAND_OVER_MISSING: 1,
        RepairKind.LOCAL_TIME_AMBIGUOUS: 4,
    }
    for one in history.purchases:
        lived = [one.placed_at, one.paid_at, one.handed_over_at, one.delivered_at]
        known = [instant for instant in lived if instant]
        assert known == sorted(known)
