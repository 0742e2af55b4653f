"""Parcels before carriers have them: planned, split, combined, labelled, given up."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

import pytest
from sqlalchemy import text

from entrepot.contexts import logistics, orders
from entrepot.contexts.logistics import (
    CarrierEvent,
    Code,
    Labelling,
    Origin,
    Parcel,
    ParcelId,
    State,
    Told,
    TrackingNumberTaken,
    Unit,
)
from entrepot.contexts.orders import Cancellation, CancelReason, OrderId, Side
from entrepot.flows import packing, shipping, tracking
from entrepot.flows.packing import CannotPack, Packing, Split, Uncombining
from entrepot.kernel.problems import Problem, each, only
from entrepot.kernel.tx import Tx
from tests import filling
from tests.living import Life

NUMBERS = count(1)


def bought(life: Life, shop: filling.Shop, quantity: int = 3, times: int = 1) -> list[OrderId]:
    """Orders that wait for their shipment."""
    ids = [life.buy({shop.skus[0]: quantity})[0] for _ in range(times)]
    life.on(1)
    return ids


def parcels(life: Life, *ids: OrderId) -> list[Parcel]:
    return life.do(lambda tx: logistics.parcels(tx, ids))


def state(life: Life, id: OrderId) -> orders.State:
    return life.do(lambda tx: only(orders.by_ids(tx, [id]))).state


def units(id: OrderId, *ns: int) -> set[Unit]:
    return {Unit(id, 1, n) for n in ns}


def labelling(id: ParcelId, number: str | None = None) -> Labelling:
    return Labelling(parcel_id=id, carrier="post", tracking_number=number or f"N{next(NUMBERS)}")


def label(life: Life, *wishes: Labelling) -> list[Parcel | Problem]:
    return life.do(lambda tx: packing.label(tx, wishes))


def split(life: Life, id: OrderId, *groups: Sequence[int]) -> list[Parcel]:
    wish = Split(order_id=id, groups=[units(id, *group) for group in groups])
    return life.do(lambda tx: only(packing.split(tx, [wish])))


def hear(life: Life, parcel: Parcel, code: Code, id: str = "1") -> Told | Problem:
    assert parcel.carrier is not None and parcel.tracking_number is not None
    number = parcel.tracking_number
    carrier = parcel.carrier

    def tell(tx: Tx) -> Told | Problem:
        event = CarrierEvent(
            carrier=carrier,
            event_id=f"{number}-{code}-{id}",
            tracking_number=number,
            code=code,
            at=tx.now,
        )
        [told] = tracking.hear(tx, [event])
        return told

    return life.do(tell)


def on_hand(life: Life) -> tuple[int, int]:
    """What lies on the shelf and how much of it is reserved."""
    query = text("select sum(on_hand) as here, sum(reserved) as kept from inventory.positions")
    row = life.do(lambda tx: tx.sql.execute(query).one())
    return row.here, row.kept


def facts(life: Life, name: str) -> list[str]:
    query = text("select payload ->> 'change' from events.fresh where name = :name order by serial")
    return life.do(lambda tx: [*tx.sql.scalars(query, {"name": name})])


def test_an_order_has_a_planned_parcel_when_it_may_be_shipped(life: Life) -> None:
    shop = filling.shop(life.work)
    [order] = life.buy({shop.skus[0]: 3})
    assert parcels(life, order) == []
    life.on(1)

    [parcel] = parcels(life, order)

    assert (parcel.state, parcel.units) == (State.CREATED, units(order, 0, 1, 2))
    assert (parcel.shop_id, parcel.origin) == (shop.shop.id, Origin.WHOLE)
    assert state(life, order) is orders.State.AWAITING_SHIPMENT


def test_a_label_makes_an_order_wait_for_its_carrier(life: Life) -> None:
    shop = filling.shop(life.work, stock=10)
    [order] = bought(life, shop)
    [parcel] = parcels(life, order)

    [labelled] = label(life, labelling(parcel.id))

    assert isinstance(labelled, Parcel) and labelled.state is State.LABELLED
    assert state(life, order) is orders.State.AWAITING_COLLECTION
    assert on_hand(life) == (10, 3)
    life.check()

    told = hear(life, labelled, Code.PICKED_UP)

    assert isinstance(told, Told) and told.parcel.state is State.IN_TRANSIT
    assert state(life, order) is orders.State.IN_TRANSIT
    assert on_hand(life) == (7, 0)
    hear(life, labelled, Code.DELIVERED)
    assert state(life, order) is orders.State.DELIVERED
    life.check()


def test_a_split_order_ships_in_parts(life: Life) -> None:
    shop = filling.shop(life.work, stock=10)
    [order] = bought(life, shop)
    [whole] = parcels(life, order)

    first, second = split(life, order, (2,), (0, 1))

    assert first.units == units(order, 2) and second.units == units(order, 0, 1)
    assert {first.origin, second.origin} == {Origin.SPLIT}
    [gone] = [parcel for parcel in parcels(life, order) if not parcel.holds]
    assert gone.id == whole.id
    assert facts(life, "logistics.parcels_changed") == ["split"]
    [one] = each(label(life, labelling(first.id)))
    assert state(life, order) is orders.State.PARTIALLY_SHIPPING
    hear(life, one, Code.PICKED_UP)
    assert on_hand(life) == (9, 2)
    [two] = each(label(life, labelling(second.id)))
    assert state(life, order) is orders.State.AWAITING_COLLECTION
    hear(life, one, Code.DELIVERED)
    assert state(life, order) is orders.State.AWAITING_COLLECTION
    hear(life, two, Code.DELIVERED)  # Nobody told that it was collected.
    assert state(life, order) is orders.State.DELIVERED
    assert on_hand(life) == (7, 0)
    life.check()
    life.explained([order])


@pytest.mark.parametrize(
    "groups",
    [((),), ((0, 1, 2),), ((0,), (0, 1)), ((0,), (3,))],
    ids=["empty", "everything in one", "a unit twice", "no such unit"],
)
def test_what_is_no_division_is_refused(life: Life, groups: Sequence[Sequence[int]]) -> None:
    [order] = bought(life, filling.shop(life.work))
    before = parcels(life, order)

    with pytest.raises(CannotPack):
        split(life, order, *groups)

    assert parcels(life, order) == before


def test_a_taken_number_refuses_its_own_parcel_only(life: Life) -> None:
    shop = filling.shop(life.work, stock=20)
    one, two, three = bought(life, shop, times=3)
    ids = [parcel.id for parcel in parcels(life, one, two, three)]

    first, taken, third = label(
        life, labelling(ids[0], "A"), labelling(ids[1], "A"), labelling(ids[2], "B")
    )

    assert isinstance(first, Parcel) and isinstance(third, Parcel)
    assert isinstance(taken, TrackingNumberTaken)
    assert [state(life, id) for id in (one, two, three)] == [
        orders.State.AWAITING_COLLECTION,
        orders.State.AWAITING_SHIPMENT,
        orders.State.AWAITING_COLLECTION,
    ]


def test_a_batch_of_hand_overs_refuses_only_what_has_a_taken_number(life: Life) -> None:
    shop = filling.shop(life.work, stock=20)
    one, two, three = bought(life, shop, times=3)
    before = parcels(life, two)

    def wish(id: OrderId, number: str) -> shipping.HandOver:
        return shipping.HandOver(order_id=id, carrier="post", tracking_number=number)

    first, taken, third = life.do(
        lambda tx: shipping.hand_over(tx, [wish(one, "A"), wish(two, "A"), wish(three, "B")])
    )

    assert isinstance(first, Parcel) and isinstance(third, Parcel)
    assert isinstance(taken, TrackingNumberTaken)
    assert (state(life, two), parcels(life, two)) == (orders.State.AWAITING_SHIPMENT, before)
    assert state(life, three) is orders.State.IN_TRANSIT
    assert on_hand(life) == (14, 3)
    life.check()


def test_orders_to_one_address_travel_together(life: Life) -> None:
    shop = filling.shop(life.work, stock=20)
    one, two = bought(life, shop, times=2)
    ids = [parcel.id for parcel in parcels(life, one, two)]

    joint = life.do(lambda tx: only(packing.combine(tx, [ids])))

    assert (joint.order_ids, joint.origin) == (sorted([one, two]), Origin.COMBINED)
    assert joint.units == units(one, 0, 1, 2) | units(two, 0, 1, 2)
    assert [parcel.holds for parcel in parcels(life, one, two) if parcel.id in ids] == [False] * 2
    [labelled] = each(label(life, labelling(joint.id)))
    hear(life, labelled, Code.IN_TRANSIT)
    assert {state(life, one), state(life, two)} == {orders.State.IN_TRANSIT}
    assert on_hand(life) == (14, 0)
    hear(life, labelled, Code.DELIVERED)
    assert {state(life, one), state(life, two)} == {orders.State.DELIVERED}
    life.check()
    life.explained([one, two])


def test_a_combined_parcel_that_is_lost_or_returned(life: Life) -> None:
    shop = filling.shop(life.work, stock=20)
    for code, end, here in (
        (Code.LOST, orders.State.LOST, 14),
        (Code.RETURNED, orders.State.RETURNED_TO_SENDER, 14),
    ):
        one, two = bought(life, shop, times=2)
        ids = [parcel.id for parcel in parcels(life, one, two)]
        joint = life.do(lambda tx, ids=ids: only(packing.combine(tx, [ids])))  # type: ignore[misc]
        [labelled] = each(label(life, labelling(joint.id)))
        hear(life, labelled, code)
        assert {state(life, one), state(life, two)} == {end}
        assert on_hand(life) == (here, 0)
        life.pay_back()
        life.check()


def test_foreign_shops_and_addresses_do_not_combine(life: Life) -> None:
    [one] = bought(life, filling.shop(life.work))
    [two] = bought(life, filling.shop(life.work))
    ids = [parcel.id for parcel in parcels(life, one, two)]
    before = parcels(life, one, two)

    [refused] = life.do(lambda tx: packing.combine(tx, [ids]))
    [alone] = life.do(lambda tx: packing.combine(tx, [ids[:1]]))

    assert isinstance(refused, CannotPack) and isinstance(alone, CannotPack)
    assert parcels(life, one, two) == before


def test_an_order_leaves_a_combined_parcel(life: Life) -> None:
    shop = filling.shop(life.work, stock=20)
    one, two, three = bought(life, shop, times=3)
    ids = [parcel.id for parcel in parcels(life, one, two, three)]
    joint = life.do(lambda tx: only(packing.combine(tx, [ids])))

    [out] = life.do(
        lambda tx: only(packing.uncombine(tx, [Uncombining(parcel_id=joint.id, order_ids=[two])]))
    )
    rest = life.do(lambda tx: only(packing.uncombine(tx, [Uncombining(parcel_id=joint.id)])))
    [refused] = life.do(lambda tx: packing.uncombine(tx, [Uncombining(parcel_id=joint.id)]))

    assert (out.order_ids, out.origin) == ([two], Origin.WHOLE)
    assert sorted(parcel.order_ids[0] for parcel in rest) == sorted([one, three])
    assert {parcel.origin for parcel in rest} == {Origin.WHOLE}
    assert isinstance(refused, CannotPack)


def test_a_parcel_of_its_own_for_some_units(life: Life) -> None:
    [order] = bought(life, filling.shop(life.work))
    wish = Packing(order_ids=[order], units=units(order, 1))

    made = life.do(lambda tx: only(packing.pack(tx, [wish])))
    [again] = life.do(lambda tx: packing.pack(tx, [wish]))
    [none] = life.do(
        lambda tx: packing.pack(tx, [Packing(order_ids=[order], units=units(order, 7))])
    )

    assert again == made and made.units == units(order, 1)
    assert isinstance(none, CannotPack)
    assert [parcel.units for parcel in parcels(life, order)] == [
        units(order, 0, 2),
        units(order, 1),
    ]


def cancellation(id: OrderId, quantities: dict[int, int] | None = None) -> Cancellation:
    return Cancellation(
        order_id=id, by=Side.PLATFORM, reason=CancelReason.BUYER_ASKED, units=quantities
    )


def test_cancelling_takes_units_out_of_parcels(life: Life) -> None:
    shop = filling.shop(life.work, stock=10)
    [order] = bought(life, shop)
    first, second = split(life, order, (0, 1), (2,))
    each(label(life, labelling(first.id)))

    life.cancel(cancellation(order, {1: 1}))  # The one that has no label.

    now = {parcel.id: parcel for parcel in parcels(life, order)}
    assert now[second.id].state is State.CANCELLED
    assert now[first.id].state is State.LABELLED
    assert state(life, order) is orders.State.AWAITING_COLLECTION
    life.cancel(cancellation(order))
    [labelled] = [parcel for parcel in parcels(life, order) if parcel.id == first.id]
    assert labelled.state is State.CANCELLED
    assert state(life, order) is orders.State.CANCELLED
    assert on_hand(life) == (10, 0)
    life.check()


def test_a_cancelled_unit_voids_its_label(life: Life) -> None:
    shop = filling.shop(life.work, stock=10)
    [order] = bought(life, shop)
    first, second = split(life, order, (0, 1), (2,))
    each(label(life, labelling(first.id, "A")))
    wish = Cancellation(
        order_id=order,
        by=Side.PLATFORM,
        reason=CancelReason.BUYER_ASKED,
        units={1: 1},
        which={1: [0]},
    )

    life.cancel(wish)

    held = [parcel for parcel in parcels(life, order) if parcel.holds]
    assert [(parcel.state, parcel.units) for parcel in held] == [
        (State.CREATED, units(order, 2)),
        (State.CREATED, units(order, 1)),
    ]
    assert isinstance(label(life, labelling(second.id, "A"))[0], Parcel)
    life.check()


def test_the_platform_labels_what_it_ships_alone(life: Life) -> None:
    """Beside a parcel of its merchant's, one of the platform's is labelled."""
    own = filling.shop(life.work, stock=20)
    theirs = filling.shop(life.work, "semi-managed", stock=20)
    [mine], [its] = bought(life, own, 1), bought(life, theirs, 1)
    one, other = parcels(life, mine)[0], parcels(life, its)[0]
    wishes = [
        replace(labelling(parcel.id), shipper=logistics.Shipper.PLATFORM) for parcel in (one, other)
    ]
    refused, labelled = label(life, *wishes)
    assert isinstance(refused, CannotPack) and "shipped by its merchant" in str(refused)
    assert isinstance(labelled, Parcel) and labelled.state is State.LABELLED
    assert parcels(life, mine) == [one]
    assert state(life, mine) is orders.State.AWAITING_SHIPMENT
