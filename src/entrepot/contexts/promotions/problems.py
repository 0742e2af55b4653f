"""What promotions refuse."""

from entrepot.kernel.ids import Id
from entrepot.kernel.problems import Problem

from .model import ActivityId, PromotionId


class PromotionNotFound(Problem):
    status, slug, title = 404, "promotion-not-found", "There is no such promotion"

    def __init__(self, id: PromotionId) -> None:
        super().__init__(f"there is no promotion {id}", promotion_id=str(id))


class LimitReached(Problem):
    slug, title = "promotion-limit-reached", "This promotion was used as often as it may be"

    def __init__(self, id: PromotionId, whose: str) -> None:
        super().__init__(f"{whose} used it as often as allowed", promotion_id=str(id), whose=whose)


class BudgetSpent(Problem):
    slug, title = "promotion-budget-spent", "The budget of this promotion is spent"

    def __init__(self, id: PromotionId, left_minor: int) -> None:
        super().__init__(
            "what is left of its budget is less than this discount",
            promotion_id=str(id),
            left_minor=left_minor,
        )


class CodeTaken(Problem):
    slug, title = "code-taken", "Another promotion has this code"

    def __init__(self, code: str) -> None:
        super().__init__(f"{code} is in use in this market at that time", code=code)


class ActivityNotFound(Problem):
    status, slug, title = 404, "activity-not-found", "There is no such activity"

    def __init__(self, id: ActivityId) -> None:
        super().__init__(f"there is no activity {id}", activity_id=str(id))


class TitleTaken(Problem):
    slug, title = "activity-title-taken", "Another activity of the shop has this title"

    def __init__(self, title: str) -> None:
        super().__init__(f"{title!r} is taken", name=title)


class NotLowest(Problem):
    slug, title = "not-the-lowest-price", "A flash deal has to undercut the last days' lowest price"

    def __init__(self, sku_id: Id, lowest_minor: int, days: int) -> None:
        super().__init__(
            f"SKU {sku_id} was to be had for {lowest_minor} within the last {days} days",
            sku_id=str(sku_id),
            lowest_minor=lowest_minor,
            days=days,
        )
