"""Forgetting people: their names and addresses go, the books stay."""

from collections.abc import Sequence

from entrepot.contexts import aftersales, identity, orders
from entrepot.kernel.access import PersonId
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx


def erase(tx: Tx, people: Sequence[PersonId]) -> list[identity.Person | Problem]:
    """Erase people, and recipients and words of their orders; an outcome for each person."""
    outcomes = identity.erase(tx, people)
    gone = [
        person
        for person, outcome in zip(people, outcomes, strict=True)
        if not isinstance(outcome, Problem)
    ]
    orders.erase_buyers(tx, gone)
    aftersales.erase_buyers(tx, gone)
    return outcomes
