"""What affiliates refuse."""

from entrepot.kernel.ids import Id
from entrepot.kernel.problems import Problem


class BadClick(Problem):
    status, slug, title = 422, "bad-click", "This is no click that we have counted"

    def __init__(self) -> None:
        super().__init__("send the token that POST /shop/clicks gave, or none", field="click")


class NoPlan(Problem):
    status, slug, title = 404, "no-plan", "This product is not promoted"

    def __init__(self, product_id: Id) -> None:
        super().__init__(
            "no plan promises this creator anything for it", product_id=str(product_id)
        )


class PlanNotFound(Problem):
    status, slug, title = 404, "plan-not-found", "There is no such plan"

    def __init__(self, id: Id) -> None:
        super().__init__(f"there is no plan {id}", plan_id=str(id))


class PlanEnded(Problem):
    slug, title = "plan-ended", "This plan has ended"

    def __init__(self, id: Id) -> None:
        super().__init__("make a new plan", plan_id=str(id))
