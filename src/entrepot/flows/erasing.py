"""Forgetting people: their names and addresses go, the books stay."""

from collections.abc import Sequence

from entrepot.contexts import aftersales, files, identity, logistics, orders
from entrepot.contexts.files import FileId
from entrepot.contexts.identity import Mark
from entrepot.kernel.access import PersonId
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx


def erase(tx: Tx, people: Sequence[PersonId]) -> list[identity.Person | Problem]:
    """Erase people, and recipients, words and pictures of their orders; an outcome for each."""
    outcomes = identity.erase(tx, people)
    gone = [
        person
        for person, outcome in zip(people, outcomes, strict=True)
        if not isinstance(outcome, Problem)
    ]
    proofs = logistics.erase_proofs(tx, orders.groups_of_buyers(tx, gone))
    orders.erase_buyers(tx, gone)
    shown = aftersales.erase_buyers(tx, gone)
    files.forget(tx, [FileId(id) for id in {*proofs, *shown}])
    return outcomes


def erase_files(tx: Tx, ids: Sequence[FileId], why: str) -> list[FileId | Problem]:
    """Erase single files, such as a guest's evidence, on somebody's word; written to the trail."""
    outcomes = files.erase(tx, ids)
    gone = [id for id in outcomes if not isinstance(id, Problem)]
    identity.audit(tx, [Mark(action="files.erase", subject=id, detail={"why": why}) for id in gone])
    return outcomes
