"""What carriers tell: parcels move by it, and orders, stock and money follow."""

from collections.abc import Sequence

from entrepot.contexts import aftersales, inventory, logistics, orders
from entrepot.contexts.logistics import CarrierEvent, Parcel, State, Told, Verb
from entrepot.kernel.problems import Problem, each
from entrepot.kernel.tx import Tx

from . import shipping

ON_ITS_WAY = {State.HANDED_OVER, State.IN_TRANSIT}


def hear(tx: Tx, events: Sequence[CarrierEvent]) -> list[Told | Problem]:
    """Keep what carriers tell, each event once, and let everything follow. For flows.

    The first that is told of a labelled parcel says that the carrier has it.
    """
    numbers = {(event.carrier, event.tracking_number) for event in events}
    found = logistics.by_tracking(tx, numbers)
    ids = {id for parcel in found.values() for id in parcel.order_ids}
    orders.to_move(tx, ids)
    inventory.hold(tx, ids)
    _collected(tx, events, found)
    told = logistics.track(tx, events)
    moved = [one for one in told if isinstance(one, Told) and one.verb is not None]
    shipping.arrived(tx, [one.parcel for one in moved if one.verb is Verb.DELIVER])
    gone = [one for one in moved if one.before in ON_ITS_WAY]
    lost = [one.parcel for one in gone if one.verb is Verb.LOSE]
    shipping.bounced(tx, lost, orders.Verb.LOSE, aftersales.Reason.LOST)
    back = [one.parcel for one in gone if one.verb in {Verb.SEND_BACK, Verb.RETURN}]
    reason = aftersales.Reason.RETURNED_TO_SENDER
    shipping.bounced(tx, back, orders.Verb.RETURN, reason)
    return told


def _collected(
    tx: Tx, events: Sequence[CarrierEvent], found: dict[tuple[str, str], Parcel]
) -> None:
    first: dict[logistics.ParcelId, shipping.Arrival] = {}
    for event in sorted(events, key=lambda event: event.at):
        parcel = found.get((event.carrier, event.tracking_number))
        if parcel is None or parcel.state is not State.LABELLED:
            continue
        if event.code in logistics.MOVES:
            arrival = shipping.Arrival(parcel_id=parcel.id, at=event.at)
            first.setdefault(parcel.id, arrival)
    each(shipping.collect(tx, [*first.values()]))
