"""What merchants do with their plans."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from entrepot import rulebook
from entrepot.contexts import identity, merchants
from entrepot.contexts.identity import Organisation
from entrepot.contexts.merchants import Shop, ShopId, not_theirs
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.events import emit
from entrepot.kernel.ids import new_ids
from entrepot.kernel.problems import BadInput, Problem
from entrepot.kernel.tx import Tx

from . import access, store
from .access import Permission
from .events import PlanEndedEarly, PlanMade, RateSet
from .model import NewPlan, Plan, PlanId, RateChange
from .problems import PlanEnded

# Creators keep a rate for 30 days after it is cut: TikTok Shop, "How Affiliate commission works"
# (US, 2025-09-26).
NOTICE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Checked:
    """A plan with the rule that allows its rate."""

    plan: Plan
    rule: str


def make(tx: Tx, wishes: Sequence[NewPlan]) -> list[Plan | Problem]:
    """Promise creators a rate, within the bounds of the market's rule of the first day.

    Whoever pays the commission, by the shop's mode, promises it.
    """
    shops = merchants.shops(tx, {wish.shop_id for wish in wishes})
    creators = {wish.creator_id for wish in wishes if wish.creator_id is not None}
    known = identity.known(tx, sorted(creators))
    ids = new_ids(tx.sql, PlanId, len(wishes))
    outcomes = [
        _checked(tx, wish, id, shops.get(wish.shop_id), known)
        for wish, id in zip(wishes, ids, strict=True)
    ]
    made = [outcome for outcome in outcomes if isinstance(outcome, Checked)]
    store.add(tx, [each.plan for each in made], [each.rule for each in made])
    emit(
        tx,
        [PlanMade(at=tx.now, plan_id=each.plan.id, shop_id=each.plan.shop_id) for each in made],
    )
    return [each.plan if isinstance(each, Checked) else each for each in outcomes]


def set_rates(tx: Tx, wishes: Sequence[RateChange]) -> list[Plan | Problem]:
    """Change rates: a rise at once, a cut after 30 days. The plan comes back as it is now."""
    held = _payers(tx, access.to_change(tx, {wish.plan_id for wish in wishes}))
    changes: dict[PlanId, tuple[RateSet, str]] = {}
    outcomes: list[Plan | Problem] = []
    for wish in wishes:
        plan = _live(held[wish.plan_id], tx.now)
        if isinstance(plan, Problem):
            outcomes.append(plan)
            continue
        change = _change(tx, plan, wish.rate_bp)
        if isinstance(change, Problem):
            outcomes.append(change)
            continue
        changes[plan.id] = change
        at_once = change[0].from_at <= tx.now
        held[plan.id] = replace(plan, rate_bp=wish.rate_bp) if at_once else plan
        outcomes.append(held[plan.id])
    facts = [fact for fact, _ in changes.values()]
    rows = [(fact.plan_id, fact.from_at, fact.rate_bp) for fact in facts]
    store.set_rates(tx, rows, [rule for _, rule in changes.values()])
    emit(tx, facts)
    return outcomes


def end(tx: Tx, ids: Sequence[PlanId]) -> list[Plan | Problem]:
    """Promise nothing more from now on. What was sold keeps what it was promised."""
    held = access.to_change(tx, ids)
    ended: list[Plan] = []
    outcomes: list[Plan | Problem] = []
    for id in ids:
        plan = _live(held[id], tx.now)
        if isinstance(plan, Plan):
            plan = held[id] = replace(plan, ends_at=max(plan.starts_at, tx.now))
            ended.append(plan)
        outcomes.append(plan)
    store.end(tx, [plan.id for plan in ended])
    emit(tx, [PlanEndedEarly(at=tx.now, plan_id=each.id, shop_id=each.shop_id) for each in ended])
    return outcomes


def _checked(
    tx: Tx,
    wish: NewPlan,
    id: PlanId,
    shop: Shop | None,
    known: dict[OrganisationId, Organisation],
) -> Checked | Problem:
    if shop is None or not tx.actor.may(Permission.EDIT, shop.merchant_id):
        return merchants.ShopNotFound(wish.shop_id)
    refusal = not_theirs(tx, shop, "commission_payer", Permission.EDIT)
    if refusal is not None:
        return refusal
    if wish.creator_id is not None and not _is_creator(known.get(wish.creator_id)):
        return BadInput("creator_id", "a creator of this platform, or none for all of them")
    starts_at = max(wish.starts_at or tx.now, tx.now)
    if wish.ends_at is not None and wish.ends_at <= starts_at:
        return BadInput("ends_at", "later than the start, or none")
    rule = _allowed(tx, shop.market, starts_at, wish.rate_bp)
    if isinstance(rule, Problem):
        return rule
    plan = Plan(
        id=id,
        merchant_id=shop.merchant_id,
        shop_id=shop.id,
        market=shop.market,
        product_id=wish.product_id,
        creator_id=wish.creator_id,
        starts_at=starts_at,
        ends_at=wish.ends_at,
        rate_bp=wish.rate_bp,
    )
    return Checked(plan, rule)


def _payers(tx: Tx, held: Mapping[PlanId, Plan | Problem]) -> dict[PlanId, Plan | Problem]:
    """Plans, or why it is not this actor's to promise more or less."""
    plans = [one for one in held.values() if isinstance(one, Plan)]
    shops = merchants.shops(tx, {ShopId(plan.shop_id) for plan in plans})
    refused = {
        plan.id: not_theirs(tx, shops[plan.shop_id], "commission_payer", Permission.EDIT)
        for plan in plans
    }
    return {id: refused.get(id) or one for id, one in held.items()}


def _is_creator(organisation: Organisation | None) -> bool:
    return organisation is not None and organisation.kind is identity.Kind.CREATOR


def _live(plan: Plan | Problem, now: datetime) -> Plan | Problem:
    if isinstance(plan, Plan) and plan.ends_at is not None and plan.ends_at <= now:
        return PlanEnded(plan.id)
    return plan


def _change(tx: Tx, plan: Plan, rate_bp: int) -> tuple[RateSet, str] | Problem:
    from_at = max(plan.starts_at, tx.now)
    if rate_bp < plan.rate_bp and plan.starts_at <= tx.now:
        from_at = tx.now + NOTICE
    rule = _allowed(tx, plan.market, from_at, rate_bp)
    if isinstance(rule, Problem):
        return rule
    fact = RateSet(
        at=tx.now, plan_id=plan.id, shop_id=plan.shop_id, rate_bp=rate_bp, from_at=from_at
    )
    return fact, rule


def _allowed(tx: Tx, market: str, at: datetime, rate_bp: int) -> str | Problem:
    """The version of the rule that allows a rate on that market day."""
    book = rulebook.of(tx)
    try:
        place = book.on(rulebook.Market, market, at.date()).row({})
        version = book.on(rulebook.Commission, market, place.day_of(at))
    except rulebook.MarketNotOpen as refusal:
        return refusal
    rule = version.row({})
    if not rule.min_rate_bp <= rate_bp <= rule.max_rate_bp:
        return BadInput("rate_bp", f"between {rule.min_rate_bp} and {rule.max_rate_bp}")
    return version.ref
