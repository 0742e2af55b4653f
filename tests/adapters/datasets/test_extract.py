"""The committed extract: what it holds, that it adds up, and that anyone can make it again."""

import gzip
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from entrepot.adapters.datasets.extract import delays, online_retail
from entrepot.adapters.datasets.history import History, Mode, Rule, SellerType
from entrepot.adapters.datasets.markets import places_on
from entrepot.adapters.datasets.online_retail import read_online_retail
from entrepot.adapters.datasets.online_retail_files import EXTRACT
from entrepot.adapters.datasets.rows import Faults, find, load
from entrepot.rulebook import Market, OrderTimers
from entrepot.rulebook import load as load_rules

DATA = Path(__file__).parents[4] / "shared" / "data"
LINES = DATA / "online_retail_uk" / "lines.csv.gz"
OLIST = DATA / "olist_orders"


@pytest.fixture(scope="module")
def demo() -> History:
    rules = load_rules(Path(EXTRACT).parents[2] / "overlays" / "online_retail")
    return read_online_retail(None, 682, places_on(rules, date(2023, 12, 27)))


def test_the_extract_adds_up(demo: History) -> None:
    lines = [line for sale in demo.purchases for line in sale.lines]
    backs = [back for sale in demo.purchases for back in (*sale.returns, *sale.cancelled_by)]
    skipped = [row for row in demo.skipped if row.rule is not Rule.CARRIAGE_REMAINDER]

    assert demo.own.paid_minor == (
        sum(line.source_minor for line in lines)
        + sum(sale.source_freight_minor for sale in demo.purchases)
        - sum(back.source_minor for back in backs)
        + sum(row.amount_minor for row in skipped)
    )
    assert {row.currency for row in skipped} == {"GBP"}


def test_the_extract_s_range(demo: History) -> None:
    london = ZoneInfo("Europe/London")
    text = gzip.decompress(EXTRACT.read_bytes()).decode()

    assert 1_200 <= len(demo.purchases) <= 1_500
    assert EXTRACT.stat().st_size < 600_000
    assert len({row.rsplit(",", 1)[1] for row in text.splitlines()[1:]}) == 38
    assert demo.purchases[0].placed_at.astimezone(london).date() == date(2023, 12, 27)
    assert demo.purchases[-1].placed_at.astimezone(london).date() == date(2024, 11, 25)
    assert any(sale.cancelled_at for sale in demo.purchases)
    assert sum(1 for sale in demo.purchases if sale.returns) > 100
    assert any(not sale.buyer_key for sale in demo.purchases)
    assert {row.rule for row in demo.skipped} == {*Rule} - {Rule.NO_GOODS}


def test_every_market_has_every_mode(demo: History) -> None:
    modes = Counter((one.market, one.mode, one.seller_type) for one in demo.sellers)

    assert {(mode, kind) for market, mode, kind in modes if market == "gb"} == {
        (Mode.FULL_MANAGED_DIRECT_PURCHASE, SellerType.CROSS_BORDER),
        (Mode.FULL_MANAGED_CONSIGNMENT, SellerType.CROSS_BORDER),
        (Mode.SEMI_MANAGED, SellerType.CROSS_BORDER),
        (Mode.SELF_OPERATED, SellerType.CROSS_BORDER),
        (Mode.SELF_OPERATED, SellerType.LOCAL),
    }
    assert {market for market, _, _ in modes} == {"br", "de", "gb", "us"}
    for one in demo.sellers:
        assert one.name.startswith("Specimen ")
        assert (one.country == "CN") == (one.seller_type is SellerType.CROSS_BORDER)


def test_every_key_of_the_extract_leads_somewhere(demo: History) -> None:
    sellers = {one.key for one in demo.sellers}
    products = {one.key: one for one in demo.products}
    skus = {one.key: one for one in demo.skus}

    assert {one.seller_key for one in demo.products} <= sellers
    assert {one.product_key for one in demo.skus} == products.keys()
    first_days = {one.key: one.first_day for one in demo.sellers}
    for sale in demo.purchases:
        for line in sale.lines:
            product = products[skus[line.sku_key].product_key]
            assert product.seller_key == line.seller_key
            assert first_days[line.seller_key] <= sale.placed_at.date()
            assert line.unit_price_minor > 0


def test_returns_of_the_extract_follow_and_fit(demo: History) -> None:
    for sale in demo.purchases:
        back: Counter[int] = Counter()
        for one in sale.returns:
            assert sale.delivered_at
            assert one.at >= sale.delivered_at
            back[one.line] += one.quantity
        assert all(sale.lines[pos].quantity >= units > 0 for pos, units in back.items())


def test_the_same_extract_is_the_same_history(demo: History) -> None:
    rules = load_rules()
    again = read_online_retail(None, 682, places_on(rules, date(2023, 12, 27)))

    assert again == demo


def test_the_overlay_has_timers_beyond_the_data(demo: History) -> None:
    rules = load_rules(demo.overlays)
    for market in rules.markets(date(2024, 2, 1)):
        for day in (date(2023, 12, 27), date(2024, 11, 25)):
            timers = rules.on(OrderTimers, market, day).row({})
            assert timers.on_hold_min == 0
            assert min(timers.auto_cancel_business_days, timers.auto_complete_days) == 1000
    last = max(sale.delivered_at for sale in demo.purchases if sale.delivered_at)
    assert last < datetime(2025, 3, 1, tzinfo=UTC)


def test_the_olist_overlay_opens_brazil_alone() -> None:
    rules = load_rules(Path(EXTRACT).parents[2] / "overlays" / "olist")
    first = date(2016, 9, 4)

    assert rules.markets(first) == ["br"]
    assert rules.missing("br", Mode.SELF_OPERATED, first) == []
    assert rules.missing("br", Mode.SELF_OPERATED, date(2018, 10, 17)) == []
    assert rules.on(Market, "br", first).head.mark == "default"


@pytest.mark.slow
def test_the_extract_is_what_its_maker_makes() -> None:
    if not LINES.exists():
        pytest.skip("the whole data set is not beside the repository")
    faults = Faults()
    source = load(LINES, faults)

    assert source
    assert online_retail(source.text) == EXTRACT.read_bytes()


def test_the_delays_are_what_their_maker_makes() -> None:
    if not OLIST.exists():
        pytest.skip("Olist's data lie outside the repository and are not beside it")
    orders = find(OLIST, "orders", Faults())

    assert orders
    table = EXTRACT.parents[1] / "delays.csv"
    assert delays(orders.text) == table.read_text(encoding="utf-8")
