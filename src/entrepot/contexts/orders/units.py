"""Units of lines: what other systems call an order's items, each with an id of its own."""

from collections.abc import Collection, Sequence

from entrepot.kernel.money import step

from .model import Line, UnitId
from .problems import UnitsNotFree

BLOCK = 1 << 17  # How many ids a line has: its quantity is never more.


def unit_ids(line: Line) -> range:
    """The ids of a line's units, in their order: `UnitId(unit_ids(line)[n])` is unit n."""
    return range(line.first_unit, line.first_unit + line.quantity)


def unit_id(line: Line, n: int) -> UnitId:
    """The id of one unit of a line; they count from 0."""
    assert 0 <= n < line.quantity
    return UnitId(line.first_unit + n)


def unit_share(minor: int, n: int, quantity: int) -> int:
    """What unit `n` has of an amount of its line: all units add up to the line."""
    return step(minor, n, n + 1, quantity)


def free_units(line: Line, but: Collection[int] = ()) -> Sequence[int]:
    """Units that are neither cancelled nor handed over, rising; `but` leaves out what is packed."""
    if line.taken is None:
        free: Sequence[int] = range(line.cancelled + line.shipped, line.quantity)
    else:
        gone = set(line.taken)
        free = [n for n in range(line.quantity) if n not in gone]
    return [n for n in free if n not in but] if but else free


def chosen_units(
    line: Line, quantity: int, wanted: Sequence[int] = ()
) -> Sequence[int] | UnitsNotFree:
    """The units that a wish for so many of a line takes: those it names, else the lowest free."""
    free = free_units(line)
    if not wanted:
        return free[:quantity]
    if len({*wanted}) != quantity or not {*wanted} <= {*free}:
        return UnitsNotFree(
            f"name {quantity} units of line {line.pos} of order {line.order_id} that are neither"
            " cancelled nor handed over",
            order_id=str(line.order_id),
            pos=line.pos,
        )
    return sorted(wanted)


def taking(line: Line, units: Sequence[int]) -> tuple[int, ...] | None:
    """What `Line.taken` is after some free units went; none as long as they go in order."""
    gone = line.cancelled + line.shipped
    in_order = not units or units[-1] == gone + len(units) - 1  # They rise and are free.
    if line.taken is None and in_order:
        return None
    before = range(gone) if line.taken is None else line.taken
    return tuple(sorted([*before, *units]))
