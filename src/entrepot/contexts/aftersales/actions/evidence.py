"""What sides add to open cases without deciding anything."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from entrepot.contexts.aftersales import access, store
from entrepot.contexts.aftersales.cases import Case, Evidence, Label, Record
from entrepot.contexts.aftersales.events import EvidenceAdded
from entrepot.contexts.aftersales.lifecycle import Role, State
from entrepot.contexts.aftersales.problems import NotYourTurn
from entrepot.contexts.orders import OrderId
from entrepot.kernel.access import PersonId
from entrepot.kernel.events import emit
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx

SHOW, LABEL = "show", "label"


def add_evidence(tx: Tx, wishes: Sequence[Evidence]) -> list[Case | Problem]:
    """Say and show more while a case is open; in an arbitration until its last day."""
    held = access.to_change(tx, [(wish.case_id, wish.role) for wish in wishes])
    outcomes = [_open(tx, held[wish.case_id]) for wish in wishes]
    _tell(
        tx,
        [
            (case, _record(case, SHOW, wish.role, tx), wish.note, wish.files)
            for case, wish in zip(outcomes, wishes, strict=True)
            if isinstance(case, Case)
        ],
    )
    return outcomes


def give_labels(tx: Tx, labels: Sequence[Label]) -> list[Case | Problem]:
    """Give buyers the way back that the merchant pays for, before anything is sent."""
    held = access.to_change(tx, [(label.case_id, Role.MERCHANT) for label in labels])
    outcomes: list[Case | Problem] = []
    given: list[tuple[Case, Case]] = []
    for label in labels:
        case = held[label.case_id]
        if isinstance(case, Case) and case.state is State.AWAITING_GOODS:
            after = replace(
                case,
                carrier=label.carrier,
                tracking_number=label.tracking_number,
                label_file=label.file_id,
                changed_at=tx.now,
            )
            given.append((case, after))
            outcomes.append(after)
        else:
            outcomes.append(case if isinstance(case, Problem) else _too_late(case))
    store.cases.save(tx, given)
    _tell(
        tx,
        [
            (after, _record(after, LABEL, Role.MERCHANT, tx), "", _files(after))
            for _, after in given
        ],
    )
    return outcomes


def keep_evidence(tx: Tx, order_id: OrderId, file_id: int, buyer_id: PersonId | None) -> None:
    """A buyer handed a file in, to be shown in cases of this order. For flows, which know whose."""
    store.cases.add_evidence(tx, order_id, file_id, buyer_id)


def erase_buyers(tx: Tx, people: Collection[PersonId]) -> int:
    """Erase what was said and shown in these people's cases; returns of how many records.

    For flows. What was asked, decided and paid stays: it is the books.
    """
    return store.cases.erase(tx, people)


def _files(case: Case) -> tuple[int, ...]:
    return () if case.label_file is None else (case.label_file,)


def _open(tx: Tx, case: Case | Problem) -> Case | Problem:
    if isinstance(case, Problem):
        return case
    over = case.evidence_until is not None and tx.now > case.evidence_until
    return case if case.open and not over else _too_late(case)


def _too_late(case: Case) -> NotYourTurn:
    return NotYourTurn(
        f"case {case.id} is {case.state}: this is not possible any more, or not yet",
        case_id=str(case.id),
        state=case.state,
    )


def _record(case: Case, verb: str, role: Role, tx: Tx) -> Record:
    return Record(
        case_id=case.id,
        verb=verb,
        before=case.state,
        after=case.state,
        role=role,
        reason="",
        note="",
        files=(),
        at=tx.now,
    )


def _tell(tx: Tx, rows: Sequence[tuple[Case, Record, str, tuple[int, ...]]]) -> None:
    store.cases.record(
        tx, [replace(record, note=note, files=files) for _, record, note, files in rows]
    )
    emit(
        tx,
        [
            EvidenceAdded(
                at=record.at,
                case_id=case.id,
                order_id=case.order_id,
                shop_id=case.shop_id,
                merchant_id=case.merchant_id,
                by=record.role,
            )
            for case, record, _, _ in rows
        ],
    )
