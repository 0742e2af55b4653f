"""Whatever people do with parcels, every unit is in one of them at most, and all of it adds up."""

from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entrepot.contexts import logistics, orders
from entrepot.contexts.logistics import Labelling, Parcel, State, Unit
from entrepot.contexts.orders import Cancellation, CancelReason, OrderId, Side
from entrepot.flows import cancelling, packing, shipping
from entrepot.flows.packing import Packing, Split, Uncombining
from entrepot.flows.packing_bench import TO_SHIP
from entrepot.flows.shipping import Arrival
from entrepot.kernel.problems import Problem, each
from entrepot.kernel.tx import Tx
from tests import filling
from tests.living import Life

NUMBERS = count(1)
QUANTITY = 4
VERBS = ("split", "combine", "uncombine", "pack", "label", "collect", "deliver", "cancel")
Step = tuple[str, int, int]
steps = st.lists(
    st.tuples(st.sampled_from(VERBS), st.integers(0, 7), st.integers(1, 15)),
    min_size=4,
    max_size=10,
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(taken=steps)
def test_every_unit_is_in_one_parcel_at_most(life: Life, taken: list[Step]) -> None:
    shop = filling.shop(life.work, stock=2 * QUANTITY)
    ids = [life.buy({shop.skus[0]: QUANTITY})[0] for _ in range(2)]
    life.on(0.1)
    for step in taken:
        life.do(lambda tx, step=step: act(tx, ids, step))  # type: ignore[misc]
        life.do(lambda tx: judge(tx, ids))
    life.do(lambda tx: bring(tx, ids))
    life.do(lambda tx: judge(tx, ids))
    life.pay_back()
    life.check()
    for line in life.do(lambda tx: orders.lines(tx, ids)):
        assert line.shipped == line.delivered
        assert line.cancelled + line.delivered == QUANTITY


def act(tx: Tx, ids: list[OrderId], step: Step) -> None:
    """Something that somebody might do; what is not possible is refused and changes nothing."""
    verb, which, bits = step
    order, units = ids[which % 2], {Unit(ids[which % 2], 1, n) for n in range(4) if bits >> n & 1}
    before = logistics.parcels(tx, ids)
    held = [parcel for parcel in before if parcel.holds]
    one = held[which % len(held)] if held else None
    outcomes: list[Any] = []
    if verb == "split":
        outcomes = packing.split(tx, [Split(order_id=order, groups=[units])])
    elif verb == "combine":
        planned = [parcel.id for parcel in held if parcel.planned]
        outcomes = packing.combine(tx, [planned])
    elif verb == "pack":
        outcomes = packing.pack(tx, [Packing(order_ids=[order], units=units)])
    elif verb == "cancel":
        wish = Cancellation(
            order_id=order,
            by=Side.PLATFORM,
            reason=CancelReason.BUYER_ASKED,
            units={1: 1 + which % 2},
        )
        outcomes = cancelling.cancel(tx, [wish])
    elif one is not None:
        outcomes = on_parcel(tx, one, verb)
    if outcomes and all(isinstance(outcome, Problem) for outcome in outcomes):
        assert logistics.parcels(tx, ids) == before, "a refusal changes nothing"


def on_parcel(tx: Tx, parcel: Parcel, verb: str) -> list[Any]:
    number = f"N{next(NUMBERS)}"
    if verb == "uncombine":
        return packing.uncombine(tx, [Uncombining(parcel_id=parcel.id)])
    if verb == "label":
        wish = Labelling(parcel_id=parcel.id, carrier="post", tracking_number=number)
        return packing.label(tx, [wish])
    arrival = [Arrival(parcel_id=parcel.id)]
    if verb == "collect":
        return shipping.collect(tx, arrival)
    return shipping.deliver(tx, arrival)


def bring(tx: Tx, ids: list[OrderId]) -> None:
    """All that is left is packed, labelled and brought."""
    heads = [order for order in orders.by_ids(tx, ids) if isinstance(order, orders.Order)]
    rest = [order.id for order in heads if order.state in TO_SHIP]
    packing.pack(tx, [Packing(order_ids=[id]) for id in rest])
    planned = [parcel for parcel in logistics.parcels(tx, ids) if parcel.planned]
    labels = [
        Labelling(parcel_id=parcel.id, carrier="post", tracking_number=f"N{next(NUMBERS)}")
        for parcel in planned
    ]
    each(packing.label(tx, labels))
    waiting = [
        Arrival(parcel_id=parcel.id)
        for parcel in logistics.parcels(tx, ids)
        if parcel.holds and parcel.state is not State.DELIVERED
    ]
    each(shipping.deliver(tx, waiting))


def judge(tx: Tx, ids: list[OrderId]) -> None:
    """What holds at every instant."""
    held = [parcel for parcel in logistics.parcels(tx, ids) if parcel.holds]
    inside = [unit for parcel in held for unit in parcel.units]
    assert len(inside) == len({*inside}), "a unit is in two parcels"
    sent = {unit for parcel in held if parcel.handed_over_at for unit in parcel.units}
    arrived = {unit for parcel in held if parcel.delivered_at for unit in parcel.units}
    for line in orders.lines(tx, ids):
        mine = {unit for unit in inside if unit.order_id == line.order_id}
        free = {Unit(line.order_id, 1, n) for n in orders.free_units(line)}
        assert mine - sent <= free, "what is cancelled is in no parcel"
        assert line.shipped == sum(unit.order_id == line.order_id for unit in sent)
        assert line.delivered == sum(unit.order_id == line.order_id for unit in arrived)
