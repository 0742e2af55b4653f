"""When the clock of a case's state runs out, and what happens then."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from entrepot.kernel.tx import Tx
from entrepot.rulebook import AftersaleTimers, version

from .cases import Case, Kind
from .lifecycle import State, Verb


def timers(tx: Tx, case: Case) -> AftersaleTimers:
    """The clocks of a case: those that held when its order was placed."""
    row: AftersaleTimers = version(tx, case.timers).row(
        {"mode": case.mode, "seller_type": case.seller_type}
    )
    return row


def due_at(tx: Tx, case: Case, at: datetime) -> datetime | None:
    """The instant at which the state that a case came to at `at` ends by itself, if it does."""
    row = timers(tx, case)
    spans: Mapping[State, timedelta] = {
        State.REQUESTED: timedelta(hours=row.answer_h),
        State.OFFERED: timedelta(hours=row.respond_h),
        State.OFFERED_ON_RECEIPT: timedelta(hours=row.respond_h),
        State.AWAITING_GOODS: timedelta(days=row.ship_back_days),
        State.SENT_BACK: timedelta(days=row.receive_days),
        State.REFUSED: timedelta(hours=row.escalate_h),
        State.RECEIPT_REFUSED: timedelta(hours=row.escalate_h),
    }
    span = spans.get(case.state)
    return None if span is None else at + span


def by_itself(case: Case) -> Verb:
    """What is done when nobody acted in time: silence never harms the other side."""
    match case.state:
        case State.REQUESTED:
            back = case.kind is Kind.RETURN_AND_REFUND
            return Verb.GRANT_RETURN if back else Verb.GRANT
        case State.OFFERED | State.OFFERED_ON_RECEIPT:
            return Verb.DECLINE
        case State.SENT_BACK:
            return Verb.RECEIVE
        case _:
            return Verb.EXPIRE
