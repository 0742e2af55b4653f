"""Promotions: coupons, discounts and activities, who pays for them, and how often they are used.

An offer is loaded and priced without being touched; it is counted when an order is placed, under
a lock, so that limits and budgets hold however many buy at once, and given back when the order is
cancelled before it is paid for good. Each line keeps what every promotion took off it and at whose
expense: fees and commissions ask for that. No line costs less than nothing.

An activity is what a shop offers for a time on several of its goods; each good in it is a
promotion of its own, so that quotes read one table. The clock begins and ends activities: a sweep
that comes late tells it late, and changes no price.
"""

from .access import Permission, visible_to
from .actions import accept, create, end, pause, resume
from .activities import (
    activities,
    activity_page,
    count_activities,
    deactivate,
    drop_items,
    items,
    launch,
    next_turn_at,
    put_items,
    republish,
    revise,
    turn_due,
)
from .activity import (
    Activity,
    ActivityFilter,
    Item,
    ItemWish,
    Kind,
    Level,
    NewActivity,
    Revision,
    Shipping,
)
from .counting import consume, give_back, hold, used
from .events import (
    ActivityChanged,
    ActivityCreated,
    ActivityMoved,
    PromotionCreated,
    PromotionMoved,
)
from .lifecycle import ACTIVITY, PROMOTION, State, Status, Turn, Verb
from .model import (
    COUPONS,
    ActivityId,
    Applied,
    Basket,
    BasketLine,
    BasketPrice,
    CouponFilter,
    Layer,
    Limits,
    LinePrice,
    NewPromotion,
    Offered,
    Promotion,
    PromotionId,
    Unused,
    UnusedCode,
    Use,
    Used,
    uses,
)
from .pricing import price
from .problems import (
    ActivityNotFound,
    BudgetSpent,
    CodeTaken,
    LimitReached,
    NotLowest,
    PromotionNotFound,
    TitleTaken,
)
from .queries import by_ids, count_coupons, coupon_page, load, page

__all__ = [
    "ACTIVITY",
    "COUPONS",
    "PROMOTION",
    "Activity",
    "ActivityChanged",
    "ActivityCreated",
    "ActivityFilter",
    "ActivityId",
    "ActivityMoved",
    "ActivityNotFound",
    "Applied",
    "Basket",
    "BasketLine",
    "BasketPrice",
    "BudgetSpent",
    "CodeTaken",
    "CouponFilter",
    "Item",
    "ItemWish",
    "Kind",
    "Layer",
    "Level",
    "LimitReached",
    "Limits",
    "LinePrice",
    "NewActivity",
    "NewPromotion",
    "NotLowest",
    "Offered",
    "Permission",
    "Promotion",
    "PromotionCreated",
    "PromotionId",
    "PromotionMoved",
    "PromotionNotFound",
    "Revision",
    "Shipping",
    "State",
    "Status",
    "TitleTaken",
    "Turn",
    "Unused",
    "UnusedCode",
    "Use",
    "Used",
    "Verb",
    "accept",
    "activities",
    "activity_page",
    "by_ids",
    "consume",
    "count_activities",
    "count_coupons",
    "coupon_page",
    "create",
    "deactivate",
    "drop_items",
    "end",
    "give_back",
    "hold",
    "items",
    "launch",
    "load",
    "next_turn_at",
    "page",
    "pause",
    "price",
    "put_items",
    "republish",
    "resume",
    "revise",
    "turn_due",
    "used",
    "uses",
    "visible_to",
]
