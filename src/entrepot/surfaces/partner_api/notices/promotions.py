"""Promotion activities: their states, and what takes part in them."""

from collections.abc import Iterator, Sequence
from typing import Any

from entrepot.contexts import promotions
from entrepot.contexts.merchants import ShopId
from entrepot.contexts.promotions import Activity, ActivityId, Status
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx
from entrepot.surfaces.partner_api.promotion import words

from . import kinds
from .tellers import Notice, Tellers, seconds

tellers = Tellers()
ChangeFact = promotions.ActivityCreated | promotions.ActivityMoved | promotions.ActivityChanged
STATUSES = {
    Status.ONGOING: "ONGOING",
    Status.EXPIRED: "EXPIRED",
    Status.DEACTIVATED: "DEACTIVATED",
}


@tellers.tell(kinds.ACTIVITY_STATUS, promotions.ActivityMoved)
def activity_status(tx: Tx, facts: Sequence[promotions.ActivityMoved]) -> Iterator[Notice]:
    """An activity began, is over, or was ended."""
    told = [fact for fact in facts if fact.state in STATUSES]
    known = _known(tx, {fact.activity_id for fact in told})
    for fact in told:
        data: dict[str, Any] = {
            "activity_id": str(fact.activity_id),
            "status": STATUSES[Status(fact.state)],
            "update_time": seconds(fact),
        }
        if (activity := known.get(fact.activity_id)) is not None:
            data["activity_type"] = words.TYPES[activity.offer.kind]
            data["product_level"] = words.SCOPES[activity.offer.level]
        yield Notice(fact=fact, shop_id=ShopId(fact.shop_id), data=data)


@tellers.tell(
    kinds.ACTIVITY,
    promotions.ActivityCreated,
    promotions.ActivityMoved,
    promotions.ActivityChanged,
)
def activity_change(tx: Tx, facts: Sequence[ChangeFact]) -> Iterator[Notice]:
    """An activity was made, changed, or ended by somebody."""
    for fact in facts:
        change = _change(fact)
        if change is not None:
            data: dict[str, Any] = {
                "activity_id": str(fact.activity_id),
                "change_type": change,
                "update_time": seconds(fact),
            }
            if isinstance(fact, promotions.ActivityChanged):
                data |= _goods(fact)
            yield Notice(fact=fact, shop_id=ShopId(fact.shop_id), data=data)


def _known(tx: Tx, ids: set[ActivityId]) -> dict[ActivityId, Activity]:
    found = promotions.activities(tx, sorted(ids)) if ids else []
    return {one.id: one for one in found if not isinstance(one, Problem)}


def _change(fact: ChangeFact) -> str | None:
    match fact:
        case promotions.ActivityCreated():
            return "CREATE"
        case promotions.ActivityChanged():
            return "UPDATE"
        case promotions.ActivityMoved():
            return "DEACTIVATE" if fact.state == Status.DEACTIVATED else None


def _goods(fact: promotions.ActivityChanged) -> dict[str, Any]:
    """What was put in or changed, or taken out."""
    product_ids = [str(id) for id in fact.product_ids]
    if not fact.removed:
        return {"product_update_list": {"product_ids": product_ids}} if product_ids else {}
    removed = {"product_ids": product_ids, "sku_ids": [str(id) for id in fact.sku_ids]}
    return {"product_remove_list": {name: ids for name, ids in removed.items() if ids}}
