"""Promotions: coupons and discounts, who pays for them, and how often they may be used.

An offer is loaded and priced without being touched; it is counted when an order is placed, under
a lock, so that limits and budgets hold however many buy at once, and given back when the order is
cancelled before it is paid for good. Each line keeps what every promotion took off it and at whose
expense: fees and commissions ask for that. No line costs less than nothing.
"""

from .access import Permission, visible_to
from .actions import create, end, pause, resume
from .counting import consume, give_back, hold
from .events import PromotionCreated, PromotionMoved
from .lifecycle import PROMOTION, State, Verb
from .model import (
    Applied,
    Basket,
    BasketLine,
    BasketPrice,
    Layer,
    Limits,
    LinePrice,
    NewPromotion,
    Promotion,
    PromotionId,
    Use,
    uses,
)
from .pricing import price
from .problems import BudgetSpent, CodeTaken, LimitReached, PromotionNotFound
from .queries import by_ids, load, page

__all__ = [
    "PROMOTION",
    "Applied",
    "Basket",
    "BasketLine",
    "BasketPrice",
    "BudgetSpent",
    "CodeTaken",
    "Layer",
    "LimitReached",
    "Limits",
    "LinePrice",
    "NewPromotion",
    "Permission",
    "Promotion",
    "PromotionCreated",
    "PromotionId",
    "PromotionMoved",
    "PromotionNotFound",
    "State",
    "Use",
    "Verb",
    "by_ids",
    "consume",
    "create",
    "end",
    "give_back",
    "hold",
    "load",
    "page",
    "pause",
    "price",
    "resume",
    "uses",
    "visible_to",
]
