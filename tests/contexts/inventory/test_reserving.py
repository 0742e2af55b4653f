"""Setting goods aside, and letting go of them."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from entrepot.contexts import inventory
from entrepot.contexts.inventory import NothingHeld, SoldOut, Units
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id
from entrepot.kernel.tx import Tx
from tests.contexts.catalog.goods import unit
from tests.statements import statements

from .stock import a_sku, counts, facts, location, receipt, received, want

HOUR = timedelta(hours=1)


def sold_out(outcome: object) -> tuple[int, int]:
    assert isinstance(outcome, SoldOut)
    return outcome.sku_id, outcome.available


def test_wants_are_met_in_their_order(tx: Tx) -> None:
    [sku] = a_sku(tx)
    received(tx, receipt(sku, location(tx), 5))

    outcomes = inventory.reserve(unit(tx), [want(1, sku, 3), want(2, sku, 3), want(3, sku, 2)])

    assert outcomes[0] is None and outcomes[2] is None
    assert sold_out(outcomes[1]) == (sku, 2)
    assert counts(tx) == [(5, 5)]
    assert inventory.available(tx, [sku]) == {sku: 0}


def test_a_group_is_met_whole_or_not_at_all(tx: Tx) -> None:
    one, other = a_sku(tx, 2)
    place = location(tx)
    received(tx, receipt(one, place, 5), receipt(other, place, 1))

    outcomes = inventory.reserve(
        unit(tx),
        [
            want(1, one, 5, group=9),
            want(2, other, 2, group=9),
            want(3, one, 4),
            want(4, other, 1),
        ],
    )

    assert [sold_out(outcome) for outcome in outcomes[:2]] == [(other, 1), (other, 1)]
    assert outcomes[2:] == [None, None]
    assert counts(tx) == [(5, 4), (1, 1)]


def test_an_order_is_a_group_unless_another_is_named(tx: Tx) -> None:
    one, other = a_sku(tx, 2)
    received(tx, receipt(one, location(tx), 5))

    outcomes = inventory.reserve(unit(tx), [want(1, one, 1), want(1, other, 1, pos=2)])

    assert [sold_out(outcome) for outcome in outcomes] == [(other, 0), (other, 0)]
    assert counts(tx) == [(5, 0)]


def test_two_lines_of_one_sku_share_what_there_is(tx: Tx) -> None:
    [sku] = a_sku(tx)
    received(tx, receipt(sku, location(tx), 3))

    both = [want(1, sku, 2), want(1, sku, 2, pos=2)]

    assert [sold_out(outcome) for outcome in inventory.reserve(unit(tx), both)] == [
        (sku, 3),
        (sku, 3),
    ]
    assert counts(tx) == [(3, 0)]


def test_several_positions_serve_one_want(tx: Tx) -> None:
    [sku] = a_sku(tx)
    received(tx, receipt(sku, location(tx, "A"), 2))
    received(tx, receipt(sku, location(tx, "B"), 5))

    assert inventory.reserve(unit(tx), [want(1, sku, 6)]) == [None]

    assert counts(tx) == [(2, 2), (5, 4)]


def test_owner_and_market_narrow_down_what_serves(tx: Tx) -> None:
    [sku] = a_sku(tx)
    here, there = location(tx, "A", markets=("us",)), location(tx, "B", markets=("gb",))
    received(tx, receipt(sku, here, 2), receipt(sku, there, 2), receipt(sku, here, 2, cost=5))

    outcomes = inventory.reserve(
        unit(tx),
        [
            want(1, sku, 3, owner_id=OrganisationId(77), market="us"),
            want(2, sku, 2, owner_id=OrganisationId(77), market="us"),
            want(3, sku, 3, market="us"),
            want(4, sku, 2, market="us"),
            want(5, sku, 1, market="de"),
        ],
    )

    assert sold_out(outcomes[0]) == (sku, 2)
    assert outcomes[1] is None
    assert sold_out(outcomes[2]) == (sku, 2)
    assert outcomes[3] is None
    assert sold_out(outcomes[4]) == (sku, 0)
    assert inventory.available(tx, [sku], market="gb") == {sku: 2}
    assert inventory.available(tx, [sku], owners=[OrganisationId(0)]) == {sku: 0}


def test_what_nobody_has_is_sold_out(tx: Tx) -> None:
    [sku] = a_sku(tx)

    [outcome] = inventory.reserve(unit(tx), [want(1, sku)])

    assert sold_out(outcome) == (sku, 0)


def test_released_goods_are_free_again_and_only_once(tx: Tx) -> None:
    [sku] = a_sku(tx)
    received(tx, receipt(sku, location(tx), 5))
    inventory.reserve(unit(tx), [want(1, sku, 3), want(2, sku, 1)])

    inventory.release(unit(tx), [Id(1)])
    inventory.release(unit(tx), [Id(1), Id(99)])

    assert counts(tx) == [(5, 1)]


def test_units_of_a_line_are_released_in_parts(tx: Tx) -> None:
    [sku] = a_sku(tx)
    received(tx, receipt(sku, location(tx, "A"), 2))
    received(tx, receipt(sku, location(tx, "B"), 5))
    inventory.reserve(unit(tx), [want(1, sku, 6)])
    parts = [Units(order_id=Id(1), pos=1, quantity=n) for n in (3, 2, 2)]

    outcomes = inventory.release_units(unit(tx), parts)

    assert outcomes[:2] == [None, None]
    assert isinstance(outcomes[2], NothingHeld) and outcomes[2].members["held"] == 1
    assert counts(tx) == [(2, 0), (5, 1)]


def test_a_reservation_ends_at_its_instant(tx: Tx) -> None:
    [sku] = a_sku(tx)
    received(tx, receipt(sku, location(tx), 5))
    wants = [want(n, sku, expires_at=tx.now + n * HOUR) for n in (1, 2, 3)]
    inventory.reserve(unit(tx), [*wants, want(4, sku)])

    ended = inventory.expire(unit(tx, tx.now + 5 * HOUR), tx.now + 2 * HOUR)

    assert ended == [1, 2]
    assert counts(tx) == [(5, 2)]
    assert inventory.expire(unit(tx), tx.now + 2 * HOUR) == []
    rows = inventory.reservations(tx, [Id(1), Id(2), Id(3), Id(4)])
    assert [row.held for row in rows] == [0, 0, 1, 1]
    assert facts(tx)[1:] == ["inventory.reservation_expired"] * 2


def test_a_late_sweep_frees_as_of_the_end(tx: Tx) -> None:
    [sku] = a_sku(tx)
    received(tx, receipt(sku, location(tx), 5))
    inventory.reserve(unit(tx), [want(1, sku, expires_at=tx.now + HOUR)])

    inventory.expire(unit(tx, tx.now + 72 * HOUR), tx.now + 72 * HOUR)

    found = tx.sql.exec_driver_sql("select released_at from inventory.reservations")
    assert [row.released_at for row in found] == [tx.now + HOUR]
    told = tx.sql.exec_driver_sql("select occurred_at from events.fresh order by serial desc")
    assert told.scalars().first() == tx.now + HOUR


def test_a_sweep_takes_whole_orders_in_batches(tx: Tx) -> None:
    one, other = a_sku(tx, 2)
    place = location(tx)
    received(tx, receipt(one, place, 5), receipt(other, place, 5))
    end = tx.now + HOUR
    skus = enumerate((one, other), start=1)
    lines = [want(n, sku, pos=pos, expires_at=end) for pos, sku in skus for n in (1, 2)]
    inventory.reserve(unit(tx), lines)

    assert inventory.expire(unit(tx), end, at_most=1) == [1]
    assert counts(tx) == [(5, 1), (5, 1)]
    assert inventory.expire(unit(tx), end, at_most=1) == [2]
    assert counts(tx) == [(5, 0), (5, 0)]


def test_what_is_paid_in_time_does_not_end(tx: Tx) -> None:
    [sku] = a_sku(tx)
    received(tx, receipt(sku, location(tx), 5))
    end = tx.now + HOUR
    inventory.reserve(unit(tx), [want(n, sku, expires_at=end) for n in (1, 2, 3)])

    late = inventory.keep(unit(tx), {Id(1): end - timedelta(seconds=1), Id(2): end, Id(4): tx.now})

    assert late == [2, 4]
    assert inventory.expire(unit(tx), end + HOUR) == [2, 3]
    assert inventory.keep(unit(tx), {Id(1): end + 9 * HOUR}) == []
    assert counts(tx) == [(5, 1)]


def test_a_late_payment_reserves_again(tx: Tx) -> None:
    [sku] = a_sku(tx)
    received(tx, receipt(sku, location(tx), 2))
    end = tx.now + HOUR
    inventory.reserve(unit(tx), [want(1, sku, 2, expires_at=end), want(2, sku, 2, expires_at=end)])
    later = end + HOUR

    assert inventory.keep(unit(tx, later), {Id(1): end + HOUR}) == [1]
    assert inventory.reserve_again(unit(tx, later), [want(1, sku, 2)]) == [None]
    [outcome] = inventory.reserve_again(unit(tx, later), [want(2, sku, 1)])

    assert sold_out(outcome) == (sku, 0)
    assert counts(tx) == [(2, 2)]
    rows = inventory.reservations(tx, [Id(1)])
    assert [(row.round, row.held) for row in rows] == [(1, 0), (2, 2)]
    assert inventory.expire(unit(tx, later), end + HOUR) == []


def test_the_database_has_the_last_word(tx: Tx) -> None:
    [sku] = a_sku(tx)
    received(tx, receipt(sku, location(tx), 2))

    for broken in ("reserved = 3", "reserved = -1", "on_hand = -1"):
        with pytest.raises(IntegrityError), tx.sql.begin_nested():
            tx.sql.exec_driver_sql(f"update inventory.positions set {broken}")


def test_a_batch_takes_two_statements(tx: Tx) -> None:
    skus = a_sku(tx, 20)
    place = location(tx)
    received(tx, *(receipt(sku, place, 100) for sku in skus))
    wants = [want(n, skus[(n + pos) % 20], pos=pos) for n in range(1, 257) for pos in (1, 2)]
    with statements(tx.sql) as seen:
        assert inventory.reserve(unit(tx), wants) == [None] * 512

    assert len(seen) == 2
