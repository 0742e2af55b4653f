"""The packing bench: orders with what is in their parcels, held while people pack them anew."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from entrepot.contexts import logistics, orders
from entrepot.contexts.logistics import (
    NewParcel,
    Origin,
    Parcel,
    ParcelId,
    Repacking,
    Shipper,
    Size,
    Unit,
)
from entrepot.contexts.orders import Line, Order, OrderId, State
from entrepot.kernel.problems import Forbidden, Problem
from entrepot.kernel.tx import Tx

TO_SHIP = {State.AWAITING_SHIPMENT, State.PARTIALLY_SHIPPING, State.AWAITING_COLLECTION}


def shippable(tx: Tx, ids: Sequence[OrderId]) -> dict[OrderId, Order | Problem]:
    """Orders that this actor may ship; for each that it may not, the reason."""
    allowed: dict[OrderId, Order | Problem] = {}
    for id, order in zip(ids, orders.by_ids(tx, ids), strict=True):
        if isinstance(order, Order) and not tx.actor.may(orders.Permission.SHIP, order.merchant_id):
            permission = orders.Permission.SHIP
            allowed[id] = Forbidden(f"{permission} is not granted to you", permission=permission)
        else:
            allowed[id] = order
    return allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """What is to be in one parcel, and what is known of it."""

    units: Collection[Unit]
    origin: Origin = Origin.WHOLE
    service: str | None = None
    size: Size = field(default_factory=Size)
    at: datetime | None = None  # When it was planned; else it is now.


@dataclass(slots=True)
class Bench:
    """Orders held for packing. Units move in memory; `settle` writes where they came to rest."""

    orders: dict[OrderId, Order]
    lines: dict[OrderId, list[Line]]
    parcels: dict[ParcelId, Parcel]
    planned: dict[ParcelId, set[Unit]]
    platform_ships: dict[OrderId, bool]
    _origins: dict[ParcelId, Origin] = field(default_factory=dict)
    _new: dict[ParcelId, Pack] = field(default_factory=dict)
    _put: set[Unit] = field(default_factory=set)

    def free(self, id: OrderId) -> set[Unit]:
        """Units of an order that are neither cancelled nor sent nor labelled nor just packed."""
        left = {Unit(id, line.pos, n) for line in self.lines[id] for n in orders.free_units(line)}
        return left - self.fixed() - self._put

    def fixed(self) -> set[Unit]:
        """Units in parcels that can be packed in no other way any more."""
        return {
            unit
            for parcel in self.parcels.values()
            if parcel.holds and not parcel.planned
            for unit in parcel.units
        }

    def lowest(self, id: OrderId, quantities: Mapping[int, int]) -> set[Unit] | None:
        """So many units of each line, the lowest that are free; none if there are not so many."""
        free, chosen = sorted(self.free(id)), set()
        for pos, quantity in quantities.items():
            found = [unit for unit in free if unit.pos == pos][:quantity]
            if not 0 < quantity == len(found):
                return None
            chosen.update(found)
        return chosen

    def holder(self, units: Collection[Unit]) -> ParcelId | None:
        """The planned parcel that holds just these units, if there is one."""
        wanted = {*units}
        return next((id for id, inside in self.planned.items() if inside == wanted), None)

    def put(self, id: ParcelId, pack: Pack) -> None:
        """Put units into a planned parcel, or into a new one of this id; no other has them then."""
        for other, inside in self.planned.items():
            if other != id and not inside.isdisjoint(pack.units):
                inside -= {*pack.units}
        if id in self.planned:
            self._origins[id] = pack.origin
        else:
            self._new[id] = pack
        self.planned[id] = {*pack.units}
        self._put |= {*pack.units}

    def settle(self, tx: Tx) -> None:
        """Write parcels whose content is another now, and those that are new."""
        changed = [
            Repacking(parcel_id=id, units=units, origin=self._origins.get(id))
            for id, units in self.planned.items()
            if id not in self._new
            and (units != self.parcels[id].units or self._origins.get(id) is not None)
        ]
        repacked = logistics.repack(tx, changed)
        fresh = [self._wish(id, pack) for id, pack in self._new.items()]
        made = logistics.plan(tx, [wish for wish in fresh if wish.units])
        self.parcels |= {parcel.id: parcel for parcel in [*repacked, *made]}
        self.planned = {id: parcel.units for id, parcel in self.parcels.items() if parcel.planned}
        self._new, self._origins, self._put = {}, {}, set()

    def _wish(self, id: ParcelId, pack: Pack) -> NewParcel:
        first = min(pack.units).order_id
        order = self.orders[first]
        return NewParcel(
            id=id,
            group_id=order.group_id,
            merchant_id=order.merchant_id,
            shop_id=order.shop_id,
            market=order.market,
            shipper=Shipper.PLATFORM if self.platform_ships[first] else Shipper.MERCHANT,
            units=self.planned[id],
            origin=pack.origin,
            service=pack.service,
            size=pack.size,
            at=pack.at,
        )


def held(tx: Tx, ids: Collection[OrderId]) -> Bench:
    """Lay orders on the bench; they and their parcels are held until the work ends."""
    found = {id: order for id, order in orders.to_move(tx, ids).items() if isinstance(order, Order)}
    lines = orders.by_order(orders.lines(tx, found))
    parcels = {parcel.id: parcel for parcel in logistics.held(tx, found)}
    terms = orders.terms(tx, {line.terms_id for of in lines.values() for line in of})
    return Bench(
        orders=found,
        lines=lines,
        parcels=parcels,
        planned={id: parcel.units for id, parcel in parcels.items() if parcel.planned},
        platform_ships={
            id: terms[of[0].terms_id].content["flags"].get("parcel_shipper") == Shipper.PLATFORM
            for id, of in lines.items()
        },
    )
