"""The statements of payments."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, any_, literal, select
from sqlalchemy.types import ARRAY, Text

from entrepot.kernel.db import sql_file
from entrepot.kernel.ids import Id, among
from entrepot.kernel.money import Currency, Money
from entrepot.kernel.tx import Tx

from .lifecycle import OPEN, AttemptState, IntentState, RefundState
from .model import (
    Attempt,
    AttemptId,
    Call,
    Intent,
    IntentId,
    Kind,
    NewIntent,
    Outcome,
    ProviderEvent,
    Refund,
    RefundId,
    Result,
)
from .tables import attempts, intents, refunds

OPEN_INTENTS = sql_file(__file__, "open")
OPEN_BEGUN = sql_file(__file__, "open_begun")
BEHIND = sql_file(__file__, "behind")
BEGIN_ATTEMPTS = sql_file(__file__, "begin_attempts")
SAVE_OUTCOMES = sql_file(__file__, "save_outcomes")
SAVE_REFUNDS = sql_file(__file__, "save_refunds")
RECEIVE = sql_file(__file__, "receive")
TAKE = sql_file(__file__, "take_events")
MARK = sql_file(__file__, "mark_events")


def add(tx: Tx, wishes: Sequence[NewIntent], states: Sequence[IntentState]) -> list[Intent]:
    """One statement for n intents, in the order of the wishes."""
    rows = tx.sql.execute(OPEN_INTENTS, _opened(tx, wishes, states)).all()
    ids = {row.group_id: IntentId(row.id) for row in rows}
    return [
        Intent(
            id=ids[wish.group_id],
            group_id=wish.group_id,
            amount=wish.amount,
            provider=wish.provider,
            method=wish.method,
            state=state,
            opened_at=tx.now,
        )
        for wish, state in zip(wishes, states, strict=True)
    ]


def add_begun(
    tx: Tx, wishes: Sequence[NewIntent], states: Sequence[IntentState], begun_at: datetime
) -> dict[Id, tuple[IntentId, Call | None]]:
    """The same by order group, each that is to be paid with its first call written down."""
    first = {
        "kind": Kind.PAY.value,
        "begun": AttemptState.BEGUN.value,
        "created": IntentState.CREATED.value,
        "begun_at": begun_at,
    }
    rows = tx.sql.execute(OPEN_BEGUN, _opened(tx, wishes, states) | first)
    by_group = {row.group_id: row for row in rows}
    return {
        wish.group_id: (IntentId(row.id), _first_call(wish, row, begun_at))
        for wish in wishes
        for row in [by_group[wish.group_id]]
    }


def _first_call(wish: NewIntent, row: Row[Any], begun_at: datetime) -> Call | None:
    if row.attempt_id is None:
        return None
    return Call(
        attempt_id=AttemptId(row.attempt_id),
        intent_id=IntentId(row.id),
        group_id=wish.group_id,
        refund_id=None,
        kind=Kind.PAY,
        key=row.key,
        amount=wish.amount,
        provider=wish.provider,
        method=wish.method,
        charge_ref=None,
        begun_at=begun_at,
    )


def _opened(tx: Tx, wishes: Sequence[NewIntent], states: Sequence[IntentState]) -> dict[str, Any]:
    return {
        "groups": [int(wish.group_id) for wish in wishes],
        "providers": [wish.provider for wish in wishes],
        "methods": [wish.method for wish in wishes],
        "amounts": [wish.amount.minor for wish in wishes],
        "currencies": [wish.amount.currency.value for wish in wishes],
        "states": [state.value for state in states],
        "now": tx.now,
    }


def intents_of(tx: Tx, group_ids: Collection[Id], visible: ColumnElement[bool]) -> dict[Id, Intent]:
    """Intents by order group, as they stand."""
    query = select(intents).where(among(intents.c.group_id, group_ids), visible)
    return {row.group_id: _intent(row) for row in tx.sql.execute(query)}


def hold_groups(tx: Tx, group_ids: Collection[Id]) -> dict[Id, Intent]:
    """Intents held until the end, by rising id; read in the statement after the one that waits."""
    _lock(tx, among(intents.c.group_id, group_ids))
    query = select(intents).where(among(intents.c.group_id, group_ids))
    return {row.group_id: _intent(row) for row in tx.sql.execute(query)}


def hold_intents(tx: Tx, ids: Collection[IntentId]) -> dict[IntentId, Intent]:
    """The same by their own ids."""
    _lock(tx, among(intents.c.id, ids))
    query = select(intents).where(among(intents.c.id, ids))
    return {row.id: _intent(row) for row in tx.sql.execute(query)}


def _lock(tx: Tx, these: ColumnElement[bool]) -> None:
    rows = select(intents.c.id).where(these).order_by(intents.c.id)
    tx.sql.execute(rows.with_for_update(key_share=True))


def save_intents(tx: Tx, changes: Sequence[tuple[Intent, Intent]]) -> None:
    """Write what changed, each from the intent as it was to the intent as it is."""
    if changes:
        save_outcomes(tx, changes, [])


def save_outcomes(
    tx: Tx, changes: Sequence[tuple[Intent, Intent]], found: Sequence[Attempt]
) -> None:
    """The same, with what became of attempts."""
    changed = [(before, after) for before, after in changes if before != after]
    columns = {
        "ids": [int(after.id) for _, after in changed],
        "before": [before.state.value for before, _ in changed],
        "after": [after.state.value for _, after in changed],
        "methods": [after.method for _, after in changed],
        "captured": [after.captured_minor for _, after in changed],
        "promised": [after.promised_minor for _, after in changed],
        "refunded": [after.refunded_minor for _, after in changed],
        "refs": [after.provider_ref for _, after in changed],
        "now": tx.now,
        "attempts": [int(attempt.call.attempt_id) for attempt in found],
        "attempt_states": [attempt.state.value for attempt in found],
        "attempt_refs": [attempt.provider_ref for attempt in found],
        "reasons": [attempt.reason for attempt in found],
    }
    saved = tx.sql.execute(SAVE_OUTCOMES, columns).rowcount
    assert saved == len(changed), "moved by someone else"


def begin_attempts(tx: Tx, found: Sequence[Attempt]) -> None:
    """Add attempts; those that are there begin again."""
    if not found:
        return
    calls = [attempt.call for attempt in found]
    columns = {
        "ids": [int(call.attempt_id) for call in calls],
        "intents": [int(call.intent_id) for call in calls],
        "refunds": [None if call.refund_id is None else int(call.refund_id) for call in calls],
        "kinds": [call.kind.value for call in calls],
        "keys": [call.key for call in calls],
        "methods": [call.method for call in calls],
        "amounts": [call.amount.minor for call in calls],
        "states": [attempt.state.value for attempt in found],
        "times": [call.begun_at for call in calls],
    }
    tx.sql.execute(BEGIN_ATTEMPTS, columns)


def save_refunds(tx: Tx, found: Sequence[Refund]) -> None:
    """Add refunds or write how they stand."""
    if not found:
        return
    columns = {
        "ids": [int(refund.id) for refund in found],
        "intents": [int(refund.intent_id) for refund in found],
        "references": [refund.reference for refund in found],
        "amounts": [refund.amount.minor for refund in found],
        "states": [refund.state.value for refund in found],
        "times": [refund.requested_at for refund in found],
    }
    tx.sql.execute(SAVE_REFUNDS, columns)


def behind(tx: Tx, keys: Collection[str]) -> tuple[dict[str, Attempt], dict[IntentId, Intent]]:
    """Attempts under our keys with their intents, locked and read in one statement."""
    rows = tx.sql.execute(BEHIND, {"keys": [*keys]}).all()
    intents_ = {IntentId(row.intent_id): _intent_behind(row) for row in rows}
    return {row.key: _attempt(row) for row in rows}, intents_


def attempts_of(tx: Tx, ids: Collection[IntentId]) -> dict[IntentId, list[Attempt]]:
    """All attempts of some intents, oldest first."""
    query = _attempts().where(among(attempts.c.intent_id, ids)).order_by(attempts.c.id)
    found: dict[IntentId, list[Attempt]] = {id: [] for id in ids}
    for row in tx.sql.execute(query):
        found[row.intent_id].append(_attempt(row))
    return found


def open_attempts(tx: Tx, begun_before: datetime, at_most: int) -> list[Attempt]:
    """Attempts that nobody knows the end of, oldest first."""
    states = [state.value for state in sorted(OPEN)]
    query = (
        _attempts()
        .where(attempts.c.state.in_(states), attempts.c.begun_at < begun_before)
        .order_by(attempts.c.begun_at, attempts.c.id)
        .limit(at_most)
    )
    return [_attempt(row) for row in tx.sql.execute(query)]


def refunds_by_reference(tx: Tx, references: Collection[str]) -> dict[str, Refund]:
    """Refunds under the references of whoever asked for them."""
    query = _refunds().where(refunds.c.reference == any_(literal([*references], ARRAY(Text))))
    return {row.reference: _refund(row) for row in tx.sql.execute(query)}


def refunds_by_id(tx: Tx, ids: Collection[RefundId]) -> dict[RefundId, Refund]:
    """Refunds by their ids."""
    query = _refunds().where(among(refunds.c.id, ids))
    return {row.id: _refund(row) for row in tx.sql.execute(query)}


def refunds_to_send(tx: Tx, at_most: int) -> list[RefundId]:
    """What was asked for and not sent yet, oldest first."""
    query = (
        select(refunds.c.id)
        .where(refunds.c.state == RefundState.REQUESTED.value)
        .order_by(refunds.c.requested_at, refunds.c.id)
        .limit(at_most)
    )
    return list(tx.sql.scalars(query))


def _attempts() -> Select[Any]:
    joined = attempts.join(intents, intents.c.id == attempts.c.intent_id)
    more = (
        intents.c.group_id,
        intents.c.currency,
        intents.c.provider,
        intents.c.provider_ref.label("charge_ref"),
    )
    return select(attempts, *more).select_from(joined)


def _refunds() -> Select[Any]:
    joined = refunds.join(intents, intents.c.id == refunds.c.intent_id)
    return select(refunds, intents.c.group_id, intents.c.currency).select_from(joined)


def _intent(row: Row[Any]) -> Intent:
    return Intent(
        id=row.id,
        group_id=row.group_id,
        amount=Money(row.amount_minor, Currency(row.currency)),
        provider=row.provider,
        method=row.method,
        state=IntentState(row.state),
        opened_at=row.opened_at,
        captured_minor=row.captured_minor,
        promised_minor=row.promised_minor,
        refunded_minor=row.refunded_minor,
        provider_ref=row.provider_ref,
    )


def _intent_behind(row: Row[Any]) -> Intent:
    return Intent(
        id=IntentId(row.intent_id),
        group_id=Id(row.group_id),
        amount=Money(row.intent_minor, Currency(row.currency)),
        provider=row.provider,
        method=row.intent_method,
        state=IntentState(row.intent_state),
        opened_at=row.opened_at,
        captured_minor=row.captured_minor,
        promised_minor=row.promised_minor,
        refunded_minor=row.refunded_minor,
        provider_ref=row.charge_ref,
    )


def _attempt(row: Row[Any]) -> Attempt:
    call = Call(
        attempt_id=AttemptId(row.id),
        intent_id=IntentId(row.intent_id),
        group_id=Id(row.group_id),
        refund_id=None if row.refund_id is None else RefundId(row.refund_id),
        kind=Kind(row.kind),
        key=row.key,
        amount=Money(row.amount_minor, Currency(row.currency)),
        provider=row.provider,
        method=row.method,
        charge_ref=row.charge_ref,
        begun_at=row.begun_at,
    )
    return Attempt(
        call=call,
        state=AttemptState(row.state),
        provider_ref=row.provider_ref,
        reason=row.reason,
    )


def _refund(row: Row[Any]) -> Refund:
    return Refund(
        id=row.id,
        intent_id=row.intent_id,
        group_id=row.group_id,
        amount=Money(row.amount_minor, Currency(row.currency)),
        reference=row.reference,
        state=RefundState(row.state),
        requested_at=row.requested_at,
    )


def add_events(tx: Tx, events: Sequence[ProviderEvent], received_at: datetime) -> int:
    """Keep what providers told; what is kept already stays as it is."""
    columns = {
        "providers": [event.provider for event in events],
        "event_ids": [event.event_id for event in events],
        "keys": [event.key for event in events],
        "results": [event.outcome.result.value for event in events],
        "refs": [event.outcome.reference for event in events],
        "reasons": [event.outcome.reason for event in events],
        "amounts": [event.amount_minor for event in events],
        "payloads": [event.payload for event in events],
        "states": ["received"] * len(events),
        "times": [received_at] * len(events),
    }
    return len(tx.sql.execute(RECEIVE, columns).all())


def take_events(tx: Tx, at_most: int) -> list[tuple[int, ProviderEvent]]:
    """What was received and nobody else is applying, in the order of receipt."""
    return [(row.serial, _event(row)) for row in tx.sql.execute(TAKE, {"at_most": at_most})]


def mark_events(tx: Tx, states: Sequence[tuple[int, str]]) -> None:
    """Write what has become of events."""
    columns = {
        "serials": [serial for serial, _ in states],
        "states": [state for _, state in states],
    }
    tx.sql.execute(MARK, columns)


def _event(row: Row[Any]) -> ProviderEvent:
    return ProviderEvent(
        provider=row.provider,
        event_id=row.event_id,
        key=row.key,
        outcome=Outcome(result=Result(row.result), reference=row.provider_ref, reason=row.reason),
        payload=bytes(row.payload),
        amount_minor=row.amount_minor,
    )
