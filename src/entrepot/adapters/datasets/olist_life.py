"""How far an Olist order came, and when: dates into instants that never run backwards."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from entrepot.adapters.datasets.history import PurchaseLine, Repair, RepairKind, Return
from entrepot.adapters.datasets.local_time import instant, shifted
from entrepot.adapters.datasets.olist_files import OrderRow
from entrepot.adapters.datasets.olist_totals import TAKEN_BACK


@dataclass
class Life:
    """The instants of one order, each at or after the one before it."""

    zone: ZoneInfo
    shift_weeks: int
    placed_at: datetime
    paid_at: datetime | None = None
    handed_over_at: datetime | None = None
    delivered_at: datetime | None = None
    cancelled_at: datetime | None = None
    returned_to_sender: bool = False
    returns: tuple[Return, ...] = ()
    repairs: list[Repair] = field(default_factory=list)

    def at(self, name: str, local: datetime) -> datetime:
        """The instant of a date of the file."""
        at, odd = instant(shifted(local, self.shift_weeks), self.zone)
        if odd:
            self.repairs.append(Repair(odd, f"{name} {local}"))
        return at

    def after(self, earliest: datetime, at: datetime, kind: RepairKind) -> datetime:
        """`at`, but not before `earliest`; a repair where the file says otherwise."""
        if at < earliest:
            self.repairs.append(Repair(kind, f"{at.isoformat()} < {earliest.isoformat()}"))
        return max(earliest, at)

    @property
    def latest(self) -> datetime:
        """The last thing that is known to have happened."""
        return self.delivered_at or self.handed_over_at or self.paid_at or self.placed_at


def live(
    order: OrderRow,
    has_payments: bool,
    lines: tuple[PurchaseLine, ...],
    clock: tuple[ZoneInfo, int],
) -> Life:
    """Walk an order through its dates; `clock` is its zone and the weeks to shift."""
    placed, odd = instant(shifted(order.purchased, clock[1]), clock[0])
    life = Life(*clock, placed_at=placed)
    if odd:
        life.repairs.append(Repair(odd, f"purchase {order.purchased}"))
    _pay(life, order, has_payments)
    _hand_over(life, order)
    _deliver(life, order)
    if order.status in TAKEN_BACK:
        _take_back(life, order, lines)
    return life


def _pay(life: Life, order: OrderRow, has_payments: bool) -> None:
    """Paid when approved. Without approval, payment rows or a later event say that it was."""
    if order.approved:
        at = life.at("approval", order.approved)
        life.paid_at = life.after(life.placed_at, at, RepairKind.APPROVAL_BEFORE_PURCHASE)
    elif has_payments or _left(order):
        life.paid_at = life.placed_at
        life.repairs.append(Repair(RepairKind.APPROVAL_MISSING, "paid at the purchase"))


def _left(order: OrderRow) -> bool:
    """Whether the goods left the seller, by date or by status."""
    dated = order.handed_over or order.delivered
    return dated is not None or order.status in {"shipped", "delivered"}


def _hand_over(life: Life, order: OrderRow) -> None:
    """Handed over when the carrier got it, else at the delivery, else at the payment."""
    if not _left(order):
        return
    assert life.paid_at, "what left the seller was paid"
    known = order.handed_over or order.delivered
    if not order.handed_over:
        told = "at the delivery" if order.delivered else "at the payment"
        life.repairs.append(Repair(RepairKind.HAND_OVER_MISSING, f"handed over {told}"))
    at = life.at("hand-over", known) if known else life.paid_at
    life.handed_over_at = life.after(life.paid_at, at, RepairKind.HAND_OVER_BEFORE_PAYMENT)


def _deliver(life: Life, order: OrderRow) -> None:
    """Delivered on its date; a delivered order without one as promised, after the hand-over."""
    if not order.delivered and order.status != "delivered":
        return
    assert life.handed_over_at, "what was delivered was handed over"
    if order.delivered:
        at = life.at("delivery", order.delivered)
        kind = RepairKind.DELIVERY_BEFORE_HAND_OVER
        life.delivered_at = life.after(life.handed_over_at, at, kind)
        return
    promised = life.at("promise", order.promised) if order.promised else life.handed_over_at
    life.delivered_at = max(promised, life.handed_over_at)
    life.repairs.append(Repair(RepairKind.DELIVERY_DATE_MISSING, "delivered as promised"))


def _take_back(life: Life, order: OrderRow, lines: tuple[PurchaseLine, ...]) -> None:
    """End a cancelled order at its last known instant: the files do not say when.

    Before hand-over it is cancelled, after it returned to sender. A delivery date stays a fact:
    then all units come back as a return, with their shipping.
    """
    if life.delivered_at:
        life.repairs.append(Repair(RepairKind.CANCELLED_AFTER_DELIVERY, order.status))
        life.returns = tuple(
            Return(life.latest, pos, line.quantity, f"orders:{order.line}", True, line.source_minor)
            for pos, line in enumerate(lines)
        )
        return
    life.cancelled_at = life.latest
    if life.handed_over_at:
        life.returned_to_sender = True
        life.repairs.append(Repair(RepairKind.CANCELLED_AFTER_HAND_OVER, order.status))
