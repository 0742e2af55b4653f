"""Units of lines: their ids, which of them are free, and what each has of its line's amounts."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from entrepot.contexts import orders
from entrepot.contexts.orders import (
    Cancellation,
    Cancelled,
    CancelReason,
    Line,
    OrderId,
    Side,
    UnitId,
    Units,
    UnitsNotFree,
)
from entrepot.contexts.orders.units import BLOCK, taking
from entrepot.kernel.problems import each, only
from entrepot.kernel.tx import Tx
from tests.contexts.orders import made
from tests.contexts.orders.made import Wanted
from tests.contexts.orders.test_cancelling import AGREED, seller


def ship(tx: Tx, order_id: OrderId, quantity: int, *which: int) -> object:
    wish = Units(order_id=order_id, pos=1, quantity=quantity, which=which)
    [outcome] = orders.ship(made.later(tx), [wish], {order_id: tx.now}).values()
    return outcome


def cancel(tx: Tx, order_id: OrderId, by: Side, *which: int) -> Cancelled:
    wish = Cancellation(
        order_id=order_id,
        by=by,
        reason=CancelReason.BUYER_ASKED,
        units={1: len(which)},
        which={1: which},
    )
    return only(orders.cancel(made.later(tx), [wish]))


def free(tx: Tx, order_id: OrderId) -> list[int]:
    return [*orders.free_units(made.line(tx, order_id))]


def test_each_line_has_a_block_of_ids_of_its_own(tx: Tx) -> None:
    order_id = made.placed(tx, Wanted(3), Wanted(1))
    first, second = orders.lines(tx, [order_id])

    ids = [*orders.unit_ids(first), *orders.unit_ids(second)]

    assert [id - first.first_unit for id in ids[:3]] == [0, 1, 2]
    assert len({*ids}) == 4
    assert first.first_unit % BLOCK == second.first_unit % BLOCK == 0


def test_an_id_tells_its_order_line_and_unit(tx: Tx) -> None:
    order_id = made.placed(tx, Wanted(3), Wanted(1))
    first, second = orders.lines(tx, [order_id])
    one, two = orders.unit_id(first, 2), orders.unit_id(second, 0)
    beyond, unknown = UnitId(second.first_unit + 1), UnitId(7)

    assert orders.at_units(tx, [two, one, beyond, unknown]) == {
        one: (order_id, 1, 2),
        two: (order_id, 2, 0),
    }


def test_quantities_take_the_lowest_free_units(tx: Tx) -> None:
    order_id = made.paid(tx, Wanted(5))

    ship(tx, order_id, 2)
    only(orders.cancel(made.later(tx), [replace(seller(order_id), units={1: 1})]))

    assert free(tx, order_id) == [3, 4]
    assert made.line(tx, order_id).taken is None


def test_named_units_are_taken_and_the_others_stay_free(tx: Tx) -> None:
    order_id = made.paid(tx, Wanted(5))

    ship(tx, order_id, 2, 3, 1)
    assert made.line(tx, order_id).taken == (1, 3)
    ship(tx, order_id, 1)

    assert free(tx, order_id) == [2, 4]


def test_units_that_are_not_free_are_refused(tx: Tx) -> None:
    order_id = made.paid(tx, Wanted(5))
    ship(tx, order_id, 1, 3)
    before = made.line(tx, order_id)

    for which in ((3,), (5,), (-1,), (0, 1)):
        assert isinstance(ship(tx, order_id, 1, *which), UnitsNotFree)
    assert isinstance(ship(tx, order_id, 2, 1, 1), UnitsNotFree)

    assert made.line(tx, order_id) == before


def test_a_cancellation_takes_the_units_that_it_names(tx: Tx) -> None:
    order_id = made.paid(tx, Wanted(4))

    done = cancel(tx, order_id, Side.MERCHANT, 2)

    assert dict(done.which) == {1: [2]}
    assert free(tx, order_id) == [0, 1, 3]


def test_what_a_buyer_asked_for_is_cancelled_if_it_is_free_still(tx: Tx) -> None:
    kept, overtaken = made.paid(tx, Wanted(4)), made.paid(tx, Wanted(4))
    for order_id in (kept, overtaken):
        assert cancel(tx, order_id, Side.BUYER, 2).asked
    ship(tx, overtaken, 1, 2)

    each(orders.decide(made.later(tx), {kept: AGREED, overtaken: AGREED}))

    assert free(tx, kept) == [0, 1, 3]
    assert free(tx, overtaken) == [1, 3]  # Unit 2 went: another one took its place.


@given(st.integers(-(10**15), 10**15), st.integers(1, 300))
def test_units_add_up_to_their_line(minor: int, quantity: int) -> None:
    shares = [orders.unit_share(minor, n, quantity) for n in range(quantity)]

    assert sum(shares) == minor
    assert max(shares) - min(shares) <= 1


@given(st.data(), st.integers(1, 12))
def test_a_unit_goes_once_in_whatever_order(data: st.DataObject, quantity: int) -> None:
    """A law of bookkeeping, whichever way units are chosen: none goes twice, none is lost."""
    line, gone = blank(quantity), set[int]()
    while orders.free_units(line):
        free = [*orders.free_units(line)]
        assert {*free} | gone == {*range(quantity)}
        assert not {*free} & gone
        count = data.draw(st.integers(1, len(free)))
        named = data.draw(st.permutations(free))[:count] if data.draw(st.booleans()) else []
        units = orders.chosen_units(line, count, named)
        assert not isinstance(units, UnitsNotFree)
        gone |= {*units}
        line = replace(line, shipped=line.shipped + count, taken=taking(line, units))
    assert gone == {*range(quantity)}


def blank(quantity: int) -> Line:
    """A line of which only its units matter."""
    fields = dict.fromkeys(Line.__dataclass_fields__, 0)
    return Line(**{**fields, "quantity": quantity, "taken": None})  # type: ignore[arg-type]
