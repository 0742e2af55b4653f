"""Who supplies what, at what price from which day on."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from entrepot.contexts import sourcing
from entrepot.contexts.catalog import SkuId
from entrepot.contexts.sourcing import (
    Agreement,
    AgreementEnded,
    AlreadySupplied,
    Basis,
    DayHasBegun,
    End,
    NewAgreement,
    NewSupplyPrice,
    SupplyPrice,
)
from entrepot.kernel.access import Actor, Grant, OrganisationId
from entrepot.kernel.money import Currency
from entrepot.kernel.problems import BadInput, Forbidden, NotFound, only
from entrepot.kernel.tx import Tx
from tests.contexts.catalog import goods
from tests.contexts.catalog.goods import OPERATOR, by, unit

TODAY = date(2024, 4, 1)
DAY = timedelta(days=1)
SUPPLIER = OrganisationId(77)


@pytest.fixture
def sku(tx: Tx) -> SkuId:
    """A SKU that nobody supplies."""
    goods.load_tree(tx)
    [product] = goods.products(tx, goods.seller(tx))
    return product.skus[0].id


def supplied(sku: SkuId, unit_minor: int = 500, from_on: date = TODAY) -> NewAgreement:
    return NewAgreement(
        supplier_id=SUPPLIER,
        sku_id=sku,
        market="us",
        basis=Basis.ON_RECEIPT,
        currency=Currency.CNY,
        unit_minor=unit_minor,
        from_on=from_on,
        terms_days=15,
    )


def price(agreement: Agreement, unit_minor: int, from_on: date) -> NewSupplyPrice:
    return NewSupplyPrice(agreement_id=agreement.id, unit_minor=unit_minor, from_on=from_on)


def on(tx: Tx, sku: SkuId, day: date) -> int | None:
    found = sourcing.supply(tx, "us", [sku], day).get(sku)
    return None if found is None else found.unit_minor


def test_supply_of_a_day(tx: Tx, sku: SkuId) -> None:
    made = only(sourcing.agree(tx, [supplied(sku, from_on=date(2023, 1, 1))]))

    assert on(tx, sku, date(2022, 12, 31)) is None
    assert on(tx, sku, date(2023, 1, 1)) == 500
    found = sourcing.supply(tx, "us", [sku], TODAY)[sku]
    assert found == sourcing.Supply(
        sku_id=sku,
        supplier_id=SUPPLIER,
        agreement_id=made.id,
        version=1,
        basis=Basis.ON_RECEIPT,
        unit_minor=500,
        currency=Currency.CNY,
        terms_days=15,
    )
    assert sourcing.supply(tx, "gb", [sku], TODAY) == {}


def test_a_new_price_leaves_old_days_as_they_were(tx: Tx, sku: SkuId) -> None:
    made = only(sourcing.agree(tx, [supplied(sku)]))

    later, sooner, instead = sourcing.reprice(
        tx,
        [
            price(made, 450, TODAY + 9 * DAY),
            price(made, 480, TODAY + DAY),
            price(made, 440, TODAY + 9 * DAY),
        ],
    )

    assert isinstance(later, SupplyPrice) and later.version == 2
    assert isinstance(sooner, SupplyPrice) and sooner.version == 3
    assert isinstance(instead, SupplyPrice) and instead.version == 4
    days = (TODAY, TODAY + DAY, TODAY + 8 * DAY, TODAY + 9 * DAY)
    assert [on(tx, sku, day) for day in days] == [500, 480, 480, 440]
    assert [each.version for each in sourcing.prices(tx, made.id)] == [1, 2, 3, 4]


def test_a_day_that_has_begun_in_the_market_keeps_its_price(tx: Tx, sku: SkuId) -> None:
    made = only(sourcing.agree(tx, [supplied(sku)]))
    # 03:00 UTC of the second is still the first of April in the market.
    late = unit(tx, tx.now + timedelta(hours=15))

    outcomes = sourcing.reprice(
        late, [price(made, 1, TODAY), price(made, 480, TODAY + DAY), price(made, 0, TODAY + DAY)]
    )

    assert [type(outcome) for outcome in outcomes] == [DayHasBegun, SupplyPrice, BadInput]
    assert on(tx, sku, TODAY) == 500


def test_one_agreement_at_a_time(tx: Tx, sku: SkuId) -> None:
    made, twin = sourcing.agree(tx, [supplied(sku), supplied(sku, 400)])
    assert isinstance(made, Agreement)
    assert isinstance(twin, AlreadySupplied)

    ended = only(sourcing.end(tx, [End(agreement_id=made.id, last_on=TODAY + DAY)]))
    overlap, after = sourcing.agree(
        tx, [supplied(sku, 400, TODAY + DAY), supplied(sku, 390, TODAY + 2 * DAY)]
    )

    assert ended.ended_on == TODAY + DAY
    assert isinstance(overlap, AlreadySupplied)
    assert isinstance(after, Agreement)
    days = (TODAY, TODAY + DAY, TODAY + 2 * DAY)
    assert [on(tx, sku, day) for day in days] == [500, 500, 390]


def test_what_has_ended_is_not_changed(tx: Tx, sku: SkuId) -> None:
    made = only(sourcing.agree(tx, [supplied(sku)]))
    [past] = sourcing.end(tx, [End(agreement_id=made.id, last_on=TODAY - DAY)])
    only(sourcing.end(tx, [End(agreement_id=made.id, last_on=TODAY)]))
    [again] = sourcing.end(tx, [End(agreement_id=made.id, last_on=TODAY + DAY)])
    [priced] = sourcing.reprice(tx, [price(made, 1, TODAY + DAY)])

    assert isinstance(past, DayHasBegun)
    assert isinstance(again, AgreementEnded)
    assert isinstance(priced, AgreementEnded)
    assert on(tx, sku, TODAY) == 500
    assert on(tx, sku, TODAY + DAY) is None


def test_bad_wishes_agree_on_nothing(tx: Tx, sku: SkuId) -> None:
    wishes = [supplied(SkuId(5)), supplied(sku, 0)]

    assert [type(outcome) for outcome in sourcing.agree(tx, wishes)] == [NotFound, BadInput]
    assert sourcing.page(tx) == []


def test_buyers_write_suppliers_read_others_know_nothing(tx: Tx, sku: SkuId) -> None:
    made = only(sourcing.agree(by(tx, OPERATOR), [supplied(sku)]))
    supplier = Actor("person:7", frozenset({Grant("agreement:read", SUPPLIER)}))
    editor = Actor(
        "person:8", frozenset({Grant(f"agreement:{verb}", SUPPLIER) for verb in ("read", "edit")})
    )
    stranger = Actor("person:9", frozenset({Grant("agreement:read", OrganisationId(78))}))
    wish = [price(made, 1, TODAY + DAY)]

    assert sourcing.by_ids(by(tx, supplier), [made.id]) == [made]
    assert isinstance(sourcing.reprice(by(tx, editor), wish)[0], Forbidden)
    assert isinstance(sourcing.agree(by(tx, editor), [supplied(sku)])[0], Forbidden)
    assert sourcing.page(by(tx, stranger)) == []
    assert isinstance(sourcing.reprice(by(tx, stranger), wish)[0], NotFound)
    assert sourcing.prices(by(tx, stranger), made.id) == []
    assert len(sourcing.prices(by(tx, supplier), made.id)) == 1


def test_prices_are_sealed(tx: Tx, sku: SkuId) -> None:
    only(sourcing.agree(tx, [supplied(sku)]))

    for statement in ("update sourcing.prices set unit_minor = 1", "delete from sourcing.prices"):
        with pytest.raises(DBAPIError), tx.sql.begin_nested():
            tx.sql.execute(text(statement))


def test_no_agreement_ever_changes_a_day_that_has_begun(tx: Tx, sku: SkuId) -> None:
    """Whatever is agreed day after day, what each day cost when it began it costs for ever."""
    wish = st.tuples(st.integers(-2, 6), st.integers(1, 900))

    @settings(max_examples=25, deadline=None)
    @given(days=st.lists(st.lists(wish, max_size=3), min_size=1, max_size=8))
    def life(days: list[list[tuple[int, int]]]) -> None:
        with tx.sql.begin_nested() as undone:
            made = only(sourcing.agree(tx, [supplied(sku)]))
            seen: list[int | None] = []
            for n, wishes in enumerate(days):
                today = TODAY + n * DAY
                seen.append(on(tx, sku, today))
                asked = [price(made, minor, today + ahead * DAY) for ahead, minor in wishes]
                sourcing.reprice(unit(tx, tx.now + n * DAY), asked)
            assert [on(tx, sku, TODAY + n * DAY) for n in range(len(days))] == seen
            undone.rollback()

    life()
