"""What sides add to open cases without deciding anything."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from entrepot.contexts.aftersales import access, store
from entrepot.contexts.aftersales.cases import Case, Evidence, Record
from entrepot.contexts.aftersales.events import EvidenceAdded
from entrepot.contexts.aftersales.lifecycle import Role
from entrepot.contexts.aftersales.problems import NotYourTurn
from entrepot.contexts.orders import OrderId
from entrepot.kernel.access import PersonId
from entrepot.kernel.events import emit
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx

SHOW = "show"


def add_evidence(tx: Tx, wishes: Sequence[Evidence]) -> list[Case | Problem]:
    """Say and show more while a case is open; in an arbitration until its last day."""
    held = access.to_change(tx, [(wish.case_id, wish.role) for wish in wishes])
    outcomes = [_open(tx, held[wish.case_id]) for wish in wishes]
    tell(
        tx,
        [
            (case, recorded(case, SHOW, wish.role, tx), wish.note, wish.files)
            for case, wish in zip(outcomes, wishes, strict=True)
            if isinstance(case, Case)
        ],
    )
    return outcomes


def keep_evidence(tx: Tx, order_id: OrderId, file_id: int, buyer_id: PersonId | None) -> None:
    """A buyer handed a file in, to be shown in cases of this order. For flows, which know whose."""
    store.cases.add_evidence(tx, order_id, file_id, buyer_id)


def erase_buyers(tx: Tx, people: Collection[PersonId]) -> list[int]:
    """Erase what was said and shown in these people's cases; gives the files to be erased.

    For flows. What was asked, decided and paid stays: it is the books.
    """
    return store.cases.erase(tx, people)


def _open(tx: Tx, case: Case | Problem) -> Case | Problem:
    if isinstance(case, Problem):
        return case
    over = case.evidence_until is not None and tx.now > case.evidence_until
    return case if case.open and not over else too_late(case)


def too_late(case: Case) -> NotYourTurn:
    """Why nothing can be added to a case as it stands."""
    return NotYourTurn(
        f"case {case.id} is {case.state}: this is not possible any more, or not yet",
        case_id=str(case.id),
        state=case.state,
    )


def recorded(case: Case, verb: str, role: Role, tx: Tx) -> Record:
    """That a side did something to a case which left it where it was."""
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


def tell(tx: Tx, rows: Sequence[tuple[Case, Record, str, tuple[int, ...]]]) -> None:
    """Keep what happened, with words and files, and let the world hear of it."""
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
