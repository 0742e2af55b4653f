"""What promotions refuse."""

from entrepot.kernel.problems import Problem

from .model import PromotionId


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
