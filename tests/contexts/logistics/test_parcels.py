"""Parcels: handed over once, told of for good, and never going back."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from entrepot.contexts import logistics
from entrepot.contexts.logistics import (
    PARCEL,
    CarrierEvent,
    Code,
    Labelling,
    NewParcel,
    NotPlanned,
    Parcel,
    ParcelId,
    ParcelNotFound,
    ParcelStep,
    Repacking,
    Shipper,
    State,
    Told,
    TrackingNumberTaken,
    Unit,
    Verb,
)
from entrepot.contexts.orders import OrderId
from entrepot.kernel.access import Actor, Grant, OrganisationId
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.problems import BadInput, Problem, only
from entrepot.kernel.tx import Tx
from tests.contexts.orders import made

HOUR = timedelta(hours=1)
Act = Callable[[Tx, Sequence[ParcelStep]], list[Parcel | Problem]]
TOLD_AT = datetime(2024, 4, 1, 13, tzinfo=UTC)


def planned(
    tx: Tx,
    lines: Sequence[tuple[int, int]] = ((1, 1),),
    order_id: OrderId | None = None,
    at: datetime | None = None,
) -> Parcel:
    """A parcel with so many units of each line."""
    order_id = order_id or made.paid(tx)
    wish = NewParcel(
        group_id=made.head(tx, order_id).group_id,
        merchant_id=made.MERCHANT,
        shop_id=made.SHOP,
        market="us",
        shipper=Shipper.MERCHANT,
        units={Unit(order_id, pos, n) for pos, quantity in lines for n in range(quantity)},
        at=at,
    )
    [parcel] = logistics.plan(tx, [wish])
    return parcel


def labelling(
    parcel_id: ParcelId, number: str = "T1", sent_at: datetime | None = None
) -> Labelling:
    return Labelling(
        parcel_id=parcel_id, carrier="post", tracking_number=number, sent_at=sent_at, place="Reno"
    )


def sent(tx: Tx, number: str = "T1", at: datetime | None = None) -> Parcel:
    return only(logistics.label(tx, [labelling(planned(tx, at=at).id, number, at or tx.now)]))


def facts(tx: Tx) -> list[tuple[str, str, str]]:
    rows = tx.sql.execute(
        text(
            "select payload from events.fresh where name = 'logistics.parcel_moved' order by serial"
        )
    )
    return [(row.payload["verb"], row.payload["before"], row.payload["after"]) for row in rows]


def codes(tx: Tx, parcel: Parcel) -> list[tuple[Code, State | None]]:
    return [(told.code, told.moved_to) for told in logistics.tracking(tx, [parcel.id])[parcel.id]]


def test_a_parcel_is_planned_labelled_and_handed_over(tx: Tx) -> None:
    order_id = made.paid(tx, made.Wanted(1), made.Wanted(3))
    plan = planned(tx, ((2, 3), (1, 1)), order_id)
    at = tx.now + HOUR

    labelled = only(logistics.label(tx, [labelling(plan.id)]))
    gone = only(logistics.hand_over(tx, [ParcelStep(parcel_id=plan.id, at=at, place="Reno")]))

    assert (plan.state, plan.carrier, plan.tracking_number) == (State.CREATED, None, None)
    assert plan.lines == ((order_id, 1, (0,)), (order_id, 2, (0, 1, 2)))
    assert (labelled.state, labelled.labelled_at) == (State.LABELLED, tx.now)
    assert (gone.state, gone.handed_over_at, gone.labelled_at) == (State.HANDED_OVER, at, tx.now)
    assert logistics.parcels(tx, [order_id]) == [gone]
    assert logistics.by_tracking(tx, [("post", "T1"), ("post", "T9")]) == {("post", "T1"): gone}
    [told] = logistics.tracking(tx, [gone.id])[gone.id]
    assert (told.code, told.place, told.at) == (Code.HANDED_OVER, "Reno", at)
    assert facts(tx) == [
        ("label", "created", "labelled"),
        ("hand_over", "labelled", "handed_over"),
    ]


def test_each_label_has_its_own_outcome(tx: Tx) -> None:
    first = sent(tx, "T1")
    one, two, three = planned(tx), planned(tx), planned(tx)
    absent = ParcelId(1)

    taken, twin, again, nameless, twice, none = logistics.label(
        tx,
        [
            labelling(one.id, "T1"),
            labelling(two.id, "T2"),
            labelling(three.id, "T2"),
            labelling(one.id, ""),
            labelling(first.id, "T9"),
            labelling(absent, "T8"),
        ],
    )

    assert isinstance(taken, TrackingNumberTaken) and isinstance(again, TrackingNumberTaken)
    assert isinstance(twin, Parcel) and twin.tracking_number == "T2"
    assert isinstance(nameless, NotPlanned) and isinstance(twice, NotPlanned)
    assert isinstance(none, ParcelNotFound)
    assert logistics.by_ids(tx, [one.id, two.id, three.id]) == [one, twin, three]
    assert isinstance(logistics.label(tx, [labelling(one.id, "")])[0], BadInput)


def test_a_corrected_number_leaves_the_old_one_known(tx: Tx) -> None:
    parcel, other = sent(tx, "T1"), sent(tx, "T2")
    marked = only(logistics.mark_invalid(tx, [parcel.id]))

    taken, gone = logistics.correct(tx, [labelling(parcel.id, "T2"), labelling(ParcelId(1), "T4")])
    right = only(logistics.correct(tx, [labelling(parcel.id, "T3")]))
    back = only(logistics.correct(tx, [labelling(parcel.id, "T1")]))

    assert marked.invalid_at == tx.now and right.invalid_at is None
    assert isinstance(taken, TrackingNumberTaken) and isinstance(gone, ParcelNotFound)
    assert (right.tracking_number, back.tracking_number) == ("T3", "T1")
    numbers = [("post", "T1"), ("post", "T2"), ("post", "T3")]
    found = logistics.by_tracking(tx, numbers)
    assert [found[number].id for number in numbers] == [parcel.id, other.id, parcel.id]


def test_what_is_given_up_frees_its_number(tx: Tx) -> None:
    parcel = only(logistics.label(tx, [labelling(planned(tx).id)]))

    gone, again = logistics.give_up(tx, [ParcelStep(parcel_id=parcel.id)] * 2)

    assert isinstance(gone, Parcel) and isinstance(again, IllegalMove)
    assert (gone.state, gone.closed_at, gone.holds) == (State.CANCELLED, tx.now, False)
    assert gone.lines == parcel.lines
    assert sent(tx, "T1").tracking_number == "T1"
    assert isinstance(logistics.give_up(tx, [ParcelStep(parcel_id=sent(tx, "T2").id)])[0], Problem)


def test_a_planned_parcel_is_packed_anew(tx: Tx) -> None:
    order_id = made.paid(tx, made.Wanted(3))
    parcel = planned(tx, ((1, 3),), order_id)

    [less] = logistics.repack(
        tx, [Repacking(parcel_id=parcel.id, units={Unit(order_id, 1, 2), Unit(order_id, 1, 0)})]
    )
    [none] = logistics.repack(tx, [Repacking(parcel_id=parcel.id, units=())])

    assert less.lines == ((order_id, 1, (0, 2)),)
    assert (none.state, none.lines) == (State.CANCELLED, less.lines)
    assert logistics.parcels(tx, [order_id]) == [none]


@pytest.mark.parametrize(
    ("act", "after"),
    [
        (logistics.deliver, State.DELIVERED),
        (logistics.lose, State.LOST),
        (logistics.send_back, State.RETURNING),
        (logistics.take_in, State.RETURNED),
    ],
)
def test_a_parcel_ends(tx: Tx, act: Act, after: State) -> None:
    parcel, at = sent(tx, at=tx.now), tx.now + HOUR

    moved = only(act(tx, [ParcelStep(parcel_id=parcel.id, at=at)]))

    assert (moved.state, moved.changed_at) == (after, at)
    assert moved.delivered_at == (at if after is State.DELIVERED else None)
    assert moved.closed_at == (None if after is State.RETURNING else at)
    assert logistics.by_ids(tx, [parcel.id]) == [moved]
    assert [told for _, _, told in facts(tx)] == ["labelled", "handed_over", after.value]


def test_steps_have_outcomes_of_their_own(tx: Tx) -> None:
    one, two = sent(tx, "T1"), sent(tx, "T2")
    absent = logistics.ParcelId(1)

    delivered, again, other, none = logistics.deliver(
        tx, [ParcelStep(parcel_id=id) for id in (one.id, one.id, two.id, absent)]
    )

    assert isinstance(delivered, Parcel) and isinstance(other, Parcel)
    assert isinstance(again, IllegalMove) and isinstance(none, ParcelNotFound)
    assert codes(tx, one) == [
        (Code.HANDED_OVER, State.HANDED_OVER),
        (Code.DELIVERED, State.DELIVERED),
    ]


def test_what_is_dated_before_its_predecessor_happens_with_it(tx: Tx) -> None:
    parcel = sent(tx)

    moved = only(logistics.deliver(tx, [ParcelStep(parcel_id=parcel.id, at=tx.now - HOUR)]))

    assert moved.delivered_at == tx.now
    assert [told.at for told in logistics.tracking(tx, [parcel.id])[parcel.id]] == [
        tx.now - HOUR,
        tx.now,
    ]


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("verb", Verb)
def test_every_state_and_verb(tx: Tx, state: State, verb: Verb) -> None:
    parcel = replace(planned(tx), state=state)
    if verb in PARCEL.moves[state]:
        assert parcel.moved(verb, tx.now).state is PARCEL.moves[state][verb]
    else:
        with pytest.raises(IllegalMove):
            parcel.moved(verb, tx.now)


def event(id: str, code: Code, number: str = "T1", at: datetime = TOLD_AT) -> CarrierEvent:
    return CarrierEvent(
        carrier="post", event_id=id, tracking_number=number, code=code, at=at, place="Elko"
    )


def test_a_carrier_is_heard_once(tx: Tx) -> None:
    parcel = sent(tx)

    first, twin, foreign = logistics.track(
        tx,
        [
            event("a", Code.IN_TRANSIT),
            event("a", Code.DELIVERED),
            event("b", Code.DELIVERED, "T9"),
        ],
    )
    [again] = logistics.track(tx, [event("a", Code.LOST)])

    assert isinstance(first, Told) and (first.verb, first.fresh) == (Verb.SCAN, True)
    assert isinstance(twin, Told) and (twin.verb, twin.fresh) == (None, False)
    assert isinstance(again, Told) and (again.verb, again.fresh) == (None, False)
    assert isinstance(foreign, ParcelNotFound)
    assert codes(tx, parcel) == [
        (Code.HANDED_OVER, State.HANDED_OVER),
        (Code.IN_TRANSIT, State.IN_TRANSIT),
    ]


def test_what_comes_out_of_order_is_kept_and_moves_nothing(tx: Tx) -> None:
    parcel = sent(tx, at=TOLD_AT - 4 * HOUR)

    outcomes = logistics.track(
        tx,
        [
            event("c", Code.DELIVERED, at=TOLD_AT),
            event("b", Code.OUT_FOR_DELIVERY, at=TOLD_AT - HOUR),
            event("a", Code.DELAYED, at=TOLD_AT - 2 * HOUR),
            event("d", Code.REFUSED, at=TOLD_AT + HOUR),
        ],
    )

    assert [told.verb for told in outcomes if isinstance(told, Told)] == [
        Verb.DELIVER,
        None,
        None,
        None,
    ]
    [after] = logistics.by_ids(tx, [parcel.id])
    assert isinstance(after, Parcel)
    assert (after.state, after.delivered_at) == (State.DELIVERED, TOLD_AT)
    assert codes(tx, parcel) == [
        (Code.HANDED_OVER, State.HANDED_OVER),
        (Code.DELAYED, None),
        (Code.OUT_FOR_DELIVERY, None),
        (Code.DELIVERED, State.DELIVERED),
        (Code.REFUSED, None),
    ]


def test_several_steps_in_one_batch(tx: Tx) -> None:
    parcel = sent(tx)

    logistics.track(
        tx,
        [
            event("a", Code.PICKED_UP),
            event("b", Code.UNDELIVERABLE),
            event("c", Code.RETURNED, at=TOLD_AT + HOUR),
        ],
    )

    [after] = logistics.by_ids(tx, [parcel.id])
    assert isinstance(after, Parcel)
    assert (after.state, after.closed_at) == (State.RETURNED, TOLD_AT + HOUR)
    assert facts(tx) == [
        ("label", "created", "labelled"),
        ("hand_over", "labelled", "handed_over"),
        ("scan", "handed_over", "in_transit"),
        ("send_back", "in_transit", "returning"),
        ("return", "returning", "returned"),
    ]


def shipper(merchant: OrganisationId) -> Actor:
    return Actor("person:1", {Grant("parcel:ship", merchant), Grant("parcel:read", merchant)})


def test_a_merchant_sees_its_own_parcels(tx: Tx) -> None:
    parcel = sent(tx)
    mine = Tx(tx.sql, shipper(made.MERCHANT), tx.now, tx.queue, tx.rules)
    foreign = Tx(tx.sql, shipper(made.OTHER_MERCHANT), tx.now, tx.queue, tx.rules)

    assert logistics.by_ids(mine, [parcel.id]) == [parcel] == logistics.page(mine)
    [hidden] = logistics.by_ids(foreign, [parcel.id])
    assert isinstance(hidden, ParcelNotFound)
    assert logistics.page(foreign) == []
    assert logistics.by_tracking(foreign, [("post", "T1")]) == {}


def test_pages_go_on_where_they_ended(tx: Tx) -> None:
    parcels = [sent(replace(tx, now=tx.now - n * HOUR, held={}), f"T{n}") for n in range(3)]

    first = logistics.page(tx, limit=2)
    rest = logistics.page(tx, after=(first[-1].created_at, first[-1].id), limit=2)

    assert [*first, *rest] == parcels


@pytest.mark.parametrize("change", ["update {} set code = 'lost'", "delete from {}"])
def test_what_was_told_stays(tx: Tx, change: str) -> None:
    sent(tx)

    with pytest.raises(DatabaseError), tx.sql.begin_nested():
        tx.sql.execute(text(change.format("logistics.tracking_events")))
