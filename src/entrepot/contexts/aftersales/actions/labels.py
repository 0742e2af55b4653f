"""The way back that sellers give: one label for one case, or for several in one parcel."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from entrepot.contexts.aftersales import access, store
from entrepot.contexts.aftersales.cases import Case, CaseId, Label
from entrepot.contexts.aftersales.costs import costs
from entrepot.contexts.aftersales.lifecycle import Role, State
from entrepot.kernel.money import allocate
from entrepot.kernel.problems import BadInput, Problem
from entrepot.kernel.tx import Tx

from .evidence import recorded, tell, too_late

LABEL = "label"
Given = Sequence[tuple[Case, Label]]


def give_labels(tx: Tx, labels: Sequence[Label]) -> list[Case | Problem]:
    """Give buyers the way back before anything is sent. A case comes once in a batch.

    The same number for several cases makes one parcel of them: of one buyer, to one shop, with one
    cost, of which each case has its part. Such a parcel gets another label as a whole.
    """
    held = access.to_change(tx, [(label.case_id, Role.MERCHANT) for label in labels])
    outcomes = {label.case_id: _waiting(held[label.case_id]) for label in labels}
    outcomes |= _torn(tx, outcomes)
    for parcel in _parcels(labels, outcomes):
        outcomes |= _labelled(tx, parcel)
    given = [case for case in outcomes.values() if isinstance(case, Case)]
    before = {case.id: case for case in held.values() if isinstance(case, Case)}
    store.cases.save(tx, [(before[case.id], case) for case in given])
    tell(
        tx,
        [(case, recorded(case, LABEL, Role.MERCHANT, tx), "", _files(case)) for case in given],
    )
    return [outcomes[label.case_id] for label in labels]


def _waiting(case: Case | Problem) -> Case | Problem:
    if isinstance(case, Problem) or case.state is State.AWAITING_GOODS:
        return case
    return too_late(case)


def _torn(tx: Tx, outcomes: Mapping[CaseId, Case | Problem]) -> dict[CaseId, Problem]:
    """Refusals for cases whose parcel is to bring others, too, that were not named."""
    joint = {
        case.id: case.combined_id
        for case in outcomes.values()
        if isinstance(case, Case) and case.combined_id is not None
    }
    members = store.cases.waiting_together(tx, {*joint.values()}) if joint else {}
    return {
        id: BadInput("case_ids", f"one parcel is to bring cases {members[parcel]}: name them all")
        for id, parcel in joint.items()
        if not joint.keys() >= {*members[parcel]}
    }


def _parcels(labels: Sequence[Label], found: Mapping[CaseId, Case | Problem]) -> list[Given]:
    """What is sent back under one number."""
    parcels: dict[tuple[str, str], list[tuple[Case, Label]]] = {}
    for label in labels:
        case = found[label.case_id]
        if isinstance(case, Case):
            number = label.carrier, label.tracking_number
            parcels.setdefault(number, []).append((case, label))
    return [*parcels.values()]


def _labelled(tx: Tx, parcel: Given) -> dict[CaseId, Case | Problem]:
    cases = [case for case, _ in parcel]
    if len({(case.shop_id, case.buyer_id or case.group_id) for case in cases}) > 1:
        why = "one parcel is of one buyer, to one shop"
        return {case.id: BadInput("tracking_number", why) for case in cases}
    minor = max(costs(tx, case).way_back_minor for case in cases)
    shares = allocate(minor, [1] * len(cases))
    first = min(case.id for case in cases) if len(cases) > 1 else None
    return {
        case.id: replace(
            case,
            carrier=label.carrier,
            tracking_number=label.tracking_number,
            label_file=label.file_id,
            way_back_minor=share,
            combined_id=first,
            changed_at=tx.now,
        )
        for (case, label), share in zip(parcel, shares, strict=True)
    }


def _files(case: Case) -> tuple[int, ...]:
    return () if case.label_file is None else (case.label_file,)
