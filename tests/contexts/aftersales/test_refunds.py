"""Refunds: recorded for good, with the running totals of their lines."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError

from entrepot.contexts import aftersales
from entrepot.contexts.aftersales import NewRefund, Reason, Refund, RefundLine
from entrepot.contexts.orders import OrderId, Side
from entrepot.kernel.access import Actor, Grant, OrganisationId
from entrepot.kernel.money import Currency, Money
from entrepot.kernel.problems import NotFound
from entrepot.kernel.tx import Tx
from tests.contexts.orders import made


def wish(order_id: OrderId, *lines: RefundLine) -> NewRefund:
    return NewRefund(
        order_id=order_id,
        merchant_id=made.MERCHANT,
        currency=Currency.USD,
        reason=Reason.DAMAGED,
        asked_by=Side.BUYER,
        lines=lines or (line(),),
    )


def line(pos: int = 1, minor: int = 3_00, before: int = 0) -> RefundLine:
    return RefundLine(pos=pos, units=1, minor=minor, before_minor=before, payment_minor=10_00)


def reader(merchant: OrganisationId) -> Actor:
    return Actor("person:1", {Grant("refund:read", merchant)})


def refunds(tx: Tx) -> int:
    count: int = tx.sql.execute(text("select count(*) from aftersales.refunds")).scalar_one()
    return count


def test_refunds_are_kept_as_they_were_decided(tx: Tx) -> None:
    one, two = made.delivered(tx), made.delivered(tx)
    at = tx.now - timedelta(days=1)

    first, second = aftersales.record(
        tx,
        [
            NewRefund(
                order_id=one,
                merchant_id=made.MERCHANT,
                currency=Currency.USD,
                reason=Reason.LOST,
                asked_by=Side.PLATFORM,
                lines=(line(2, 1_00), line(1, 2_50)),
                at=at,
            ),
            wish(two),
        ],
    )

    assert (first.at, second.at) == (at, tx.now)
    assert first.lines == (line(1, 2_50), line(2, 1_00))
    assert first.amount == Money(3_50, Currency.USD)
    assert aftersales.of_orders(tx, [two, one]) == sorted(
        [first, second], key=lambda refund: refund.order_id
    )
    told = tx.sql.execute(
        text(
            "select subject, occurred_at, payload from events.fresh where name like 'aftersales.%'"
        )
    ).all()
    assert [(fact.subject, fact.occurred_at, fact.payload["minor"]) for fact in told] == [
        (one, at, 3_50),
        (two, tx.now, 3_00),
    ]


def test_nothing_to_record_is_nothing_recorded(tx: Tx) -> None:
    assert aftersales.record(tx, []) == []


def test_totals_run_on(tx: Tx) -> None:
    order_id = made.delivered(tx)

    aftersales.record(tx, [wish(order_id, line(minor=3_00))])
    [rest] = aftersales.record(tx, [wish(order_id, line(minor=7_00, before=3_00))])

    assert [each.lines[0].after_minor for each in aftersales.of_orders(tx, [order_id])] == [
        3_00,
        10_00,
    ]
    assert rest.lines[0].before_minor == 3_00


@pytest.mark.parametrize("bad", [line(minor=10_01), line(minor=8_00, before=3_00), line(minor=-1)])
def test_no_refund_takes_more_than_was_paid(tx: Tx, bad: RefundLine) -> None:
    order_id = made.delivered(tx)

    with pytest.raises(IntegrityError), tx.sql.begin_nested():
        aftersales.record(tx, [wish(order_id, bad)])

    assert refunds(tx) == 0


def test_two_refunds_never_start_from_the_same_total(tx: Tx) -> None:
    order_id = made.delivered(tx)
    aftersales.record(tx, [wish(order_id)])

    with pytest.raises(IntegrityError), tx.sql.begin_nested():
        aftersales.record(tx, [wish(order_id)])

    assert refunds(tx) == 1


def test_units_without_money_come_back_as_often_as_they_do(tx: Tx) -> None:
    order_id = made.delivered(tx)

    aftersales.record(tx, [wish(order_id, line(minor=0)), wish(order_id, line(minor=0))])

    assert refunds(tx) == 2


def test_a_merchant_sees_its_own_refunds(tx: Tx) -> None:
    [refund] = aftersales.record(tx, [wish(made.delivered(tx))])
    mine = Tx(tx.sql, reader(made.MERCHANT), tx.now, tx.queue, tx.rules)
    foreign = Tx(tx.sql, reader(made.OTHER_MERCHANT), tx.now, tx.queue, tx.rules)

    assert aftersales.by_ids(mine, [refund.id]) == [refund] == aftersales.page(mine)
    [hidden] = aftersales.by_ids(foreign, [refund.id])
    assert isinstance(hidden, NotFound)
    assert aftersales.page(foreign) == []


def test_pages_go_on_where_they_ended(tx: Tx) -> None:
    recorded: list[Refund] = aftersales.record(tx, [wish(made.delivered(tx)) for _ in range(3)])

    first = aftersales.page(tx, limit=2)
    rest = aftersales.page(tx, after=(first[-1].at, first[-1].id), limit=2)

    assert [*first, *rest] == recorded[::-1]


@pytest.mark.parametrize("table", ["refunds", "refund_lines"])
@pytest.mark.parametrize("change", ["update {} set order_id = 1", "delete from {}"])
def test_what_was_recorded_stays(tx: Tx, table: str, change: str) -> None:
    aftersales.record(tx, [wish(made.delivered(tx))])

    with pytest.raises(DatabaseError), tx.sql.begin_nested():
        tx.sql.execute(text(change.format(f"aftersales.{table}")))
