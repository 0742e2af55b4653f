"""Parcels: handed over once, told of for good, and never going back."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from entrepot.contexts import logistics
from entrepot.contexts.logistics import (
    PARCEL,
    CarrierEvent,
    Code,
    NewParcel,
    Parcel,
    ParcelNotFound,
    ParcelStep,
    State,
    Told,
    TrackingNumberTaken,
    Verb,
)
from entrepot.contexts.orders import OrderId
from entrepot.kernel.access import Actor, Grant, OrganisationId
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.problems import BadInput, Forbidden, Problem, only
from entrepot.kernel.tx import Tx
from tests.contexts.orders import made

HOUR = timedelta(hours=1)
Act = Callable[[Tx, Sequence[ParcelStep]], list[Parcel | Problem]]
TOLD_AT = datetime(2024, 4, 1, 13, tzinfo=UTC)


def wish(
    tx: Tx,
    number: str = "T1",
    *,
    lines: Sequence[tuple[int, int]] = ((1, 1),),
    at: datetime | None = None,
    order_id: OrderId | None = None,
) -> NewParcel:
    return NewParcel(
        order_id=order_id or made.paid(tx),
        merchant_id=made.MERCHANT,
        market="us",
        carrier="post",
        tracking_number=number,
        lines=lines,
        at=at,
        place="Reno",
    )


def sent(tx: Tx, number: str = "T1", at: datetime | None = None) -> Parcel:
    return only(logistics.hand_over(tx, [wish(tx, number, at=at)]))


def facts(tx: Tx) -> list[tuple[str, str, str]]:
    rows = tx.sql.execute(
        text(
            "select payload from events.fresh where name = 'logistics.parcel_moved' order by serial"
        )
    )
    return [(row.payload["verb"], row.payload["before"], row.payload["after"]) for row in rows]


def codes(tx: Tx, parcel: Parcel) -> list[tuple[Code, State | None]]:
    return [(told.code, told.moved_to) for told in logistics.tracking(tx, [parcel.id])[parcel.id]]


def test_a_parcel_is_handed_over(tx: Tx) -> None:
    at = tx.now - HOUR
    order_id = made.paid(tx)
    [one, two] = logistics.hand_over(
        tx,
        [
            wish(tx, "T1", lines=((2, 3), (1, 1)), order_id=order_id, at=at),
            wish(tx, "T2", order_id=order_id),
        ],
    )

    assert isinstance(one, Parcel) and isinstance(two, Parcel)
    assert one.state is State.HANDED_OVER
    assert one.lines == ((1, 1), (2, 3))
    assert (one.handed_over_at, two.handed_over_at) == (at, tx.now)
    assert logistics.parcels(tx, [order_id]) == [one, two]
    assert logistics.by_tracking(tx, [("post", "T2"), ("post", "T9")]) == {("post", "T2"): two}
    [told] = logistics.tracking(tx, [one.id])[one.id]
    assert (told.code, told.place, told.at) == (Code.HANDED_OVER, "Reno", at)
    assert facts(tx) == [("hand_over", "labelled", "handed_over")] * 2


def test_each_wish_has_its_own_outcome(tx: Tx) -> None:
    sent(tx, "T1")
    stranger = Tx(tx.sql, shipper(made.OTHER_MERCHANT), tx.now, tx.queue, tx.rules)

    taken, twin, again, empty, none, nameless = logistics.hand_over(
        tx,
        [
            wish(tx, "T1"),
            wish(tx, "T2"),
            wish(tx, "T2"),
            wish(tx, "T3", lines=()),
            wish(tx, "T4", lines=((1, 0),)),
            wish(tx, ""),
        ],
    )
    [refused] = logistics.hand_over(stranger, [wish(tx, "T5")])

    assert isinstance(taken, TrackingNumberTaken) and isinstance(again, TrackingNumberTaken)
    assert isinstance(twin, Parcel)
    assert isinstance(empty, BadInput) and isinstance(none, BadInput)
    assert isinstance(nameless, BadInput) and isinstance(refused, Forbidden)
    numbers = [parcel.tracking_number for parcel in logistics.page(tx)]
    assert sorted(numbers) == ["T1", "T2"]


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
    parcel, at = sent(tx, at=tx.now - 3 * HOUR), tx.now - HOUR

    moved = only(act(tx, [ParcelStep(parcel_id=parcel.id, at=at)]))

    assert (moved.state, moved.changed_at) == (after, at)
    assert moved.delivered_at == (at if after is State.DELIVERED else None)
    assert moved.closed_at == (None if after is State.RETURNING else at)
    assert logistics.by_ids(tx, [parcel.id]) == [moved]
    assert [told for _, _, told in facts(tx)] == ["handed_over", after.value]


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
    parcel = Parcel(
        id=logistics.ParcelId(1),
        order_id=OrderId(1),
        merchant_id=made.MERCHANT,
        market="us",
        carrier="post",
        tracking_number="T1",
        state=state,
        lines=(),
        created_at=tx.now,
        handed_over_at=None,
        delivered_at=None,
        closed_at=None,
        changed_at=tx.now,
    )
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
    parcels = [sent(tx, f"T{n}", at=tx.now - n * HOUR) for n in range(3)]

    first = logistics.page(tx, limit=2)
    rest = logistics.page(tx, after=(first[-1].created_at, first[-1].id), limit=2)

    assert [*first, *rest] == parcels


@pytest.mark.parametrize("change", ["update {} set code = 'lost'", "delete from {}"])
def test_what_was_told_stays(tx: Tx, change: str) -> None:
    sent(tx)

    with pytest.raises(DatabaseError), tx.sql.begin_nested():
        tx.sql.execute(text(change.format("logistics.tracking_events")))
