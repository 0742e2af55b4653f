"""Limits and budgets: counted when an order is placed, under the budgets' locks."""

from collections.abc import Collection, Sequence

from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx

from . import store
from .model import Limits, Promotion, PromotionId, Use, Used
from .problems import BudgetSpent, LimitReached
from .store import Budget

Counts = dict[tuple[PromotionId, str], Used]


def consume(tx: Tx, uses: Sequence[Use]) -> list[Problem | None]:
    """Count uses, in their order; those of one reference stand or fall together.

    For flows: no permission is asked. A refused reference has its first refusal at each of its
    uses, and leaves its place to those after it. What has no limit is not counted at all.
    """
    budgets = store.hold_budgets(tx, {use.promotion_id for use in uses})
    asked = {
        (use.promotion_id, use.buyer)
        for use in uses
        if use.buyer is not None and _counts_buyers(budgets.get(use.promotion_id))
    }
    counts = store.counts(tx, asked)
    refused: dict[str, Problem] = {}
    kept: list[Use] = []
    for reference, ours in _by_reference(uses).items():
        refusal = _refusal(ours, budgets, counts)
        if refusal is not None:
            refused[reference] = refusal
            continue
        for use in ours:
            _count(use, budgets, counts)
        kept.extend(use for use in ours if use.promotion_id in budgets)
    store.use(tx, kept)
    return [refused.get(use.reference) for use in uses]


def used(
    tx: Tx, offers: Collection[Promotion], buyers: Collection[str]
) -> dict[str, dict[PromotionId, Used]]:
    """What buyers have used of the offers that count buyers; most batches have none to ask for."""
    counting = [one.id for one in offers if one.offer.limits.know_buyers]
    counts = store.counts(tx, {(id, buyer) for id in counting for buyer in buyers})
    found: dict[str, dict[PromotionId, Used]] = {}
    for (id, buyer), count in counts.items():
        found.setdefault(buyer, {})[id] = count
    return found


def hold(tx: Tx, references: Collection[str]) -> None:
    """Lock what purchases have used, for a flow that may give it back after locking stock."""
    store.hold_budgets(tx, store.used_by(tx, references))


def give_back(tx: Tx, references: Collection[str]) -> None:
    """The purchases are off: what they used can be used again. A second time changes nothing.

    For flows: no permission is asked.
    """
    used = store.used_by(tx, references)
    if used:
        store.hold_budgets(tx, used)
        store.give_back(tx, references)


def _by_reference(uses: Sequence[Use]) -> dict[str, list[Use]]:
    groups: dict[str, list[Use]] = {}
    for use in uses:
        groups.setdefault(use.reference, []).append(use)
    return groups


def _counts_buyers(budget: Budget | None) -> bool:
    return budget is not None and budget.limits.know_buyers


def _refusal(
    uses: Sequence[Use], budgets: dict[PromotionId, Budget], counts: Counts
) -> Problem | None:
    found = (_one_refusal(use, budgets.get(use.promotion_id), counts) for use in uses)
    return next((refusal for refusal in found if refusal is not None), None)


def _one_refusal(use: Use, budget: Budget | None, counts: Counts) -> Problem | None:
    if budget is None:
        return None
    limits, id = budget.limits, use.promotion_id
    if limits.total is not None and budget.used >= limits.total:
        return LimitReached(id, "everybody together")
    if limits.units is not None and budget.units_used + use.units > limits.units:
        return LimitReached(id, "everybody together")
    if limits.know_buyers and _is_over(limits, use, _so_far(use, counts)):
        return LimitReached(id, "this buyer")
    if limits.budget_minor is not None and budget.spent_minor + use.minor > limits.budget_minor:
        return BudgetSpent(id, limits.budget_minor - budget.spent_minor)
    return None


def _is_over(limits: Limits, use: Use, so_far: Used) -> bool:
    if limits.per_buyer is not None and so_far.times >= limits.per_buyer:
        return True
    most = limits.units_per_buyer
    return most is not None and so_far.units + use.units > most


def _so_far(use: Use, counts: Counts) -> Used:
    assert use.buyer is not None, "what counts buyers is not offered to unknown ones"
    return counts.get((use.promotion_id, use.buyer), Used())


def _count(use: Use, budgets: dict[PromotionId, Budget], counts: Counts) -> None:
    budget = budgets.get(use.promotion_id)
    if budget is None:
        return
    budget.used += 1
    budget.spent_minor += use.minor
    budget.units_used += use.units
    if use.buyer is not None:
        pair = (use.promotion_id, use.buyer)
        before = counts.get(pair, Used())
        counts[pair] = Used(before.times + 1, before.units + use.units)
