"""Affiliates: what merchants promise creators, and which click brings whom which rate.

A plan is a rate for a shop or one product, open to all creators or made for one; its rates have a
history, and what was promised is never taken back. A click is a token that we sign and the buyer's
browser keeps: it says who led whom to what, never for how much. When a basket is quoted the rate
comes from these tables, and is frozen on the order line by whoever places it.
"""

from .access import Permission, visible_to
from .actions import end, make, set_rates
from .clicks import read_click, sign_click
from .events import PlanEndedEarly, PlanMade, RateSet
from .model import (
    Asked,
    Click,
    Commission,
    NewClick,
    NewPlan,
    Plan,
    PlanId,
    RateChange,
    commission_base,
)
from .problems import BadClick, NoPlan, PlanEnded, PlanNotFound
from .promising import click, rates
from .queries import by_ids, history, page

__all__ = [
    "Asked",
    "BadClick",
    "Click",
    "Commission",
    "NewClick",
    "NewPlan",
    "NoPlan",
    "Permission",
    "Plan",
    "PlanEnded",
    "PlanEndedEarly",
    "PlanId",
    "PlanMade",
    "PlanNotFound",
    "RateChange",
    "RateSet",
    "by_ids",
    "click",
    "commission_base",
    "end",
    "history",
    "make",
    "page",
    "rates",
    "read_click",
    "set_rates",
    "sign_click",
    "visible_to",
]
