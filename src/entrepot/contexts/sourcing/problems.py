"""What sourcing refuses."""

from datetime import date

from entrepot.contexts.catalog import SkuId
from entrepot.kernel.problems import Problem


class AlreadySupplied(Problem):
    """One agreement at a time supplies a SKU for a market."""

    slug, title = "already-supplied", "Another agreement supplies this on these days"

    def __init__(self, sku_id: SkuId, market: str) -> None:
        super().__init__(
            f"SKU {sku_id} is supplied for {market} by another agreement",
            sku_id=str(sku_id),
            market=market,
        )


class DayHasBegun(Problem):
    """What a day cost that has begun stays as it is."""

    slug, title = "day-has-begun", "Agree on a day that has not begun yet"

    def __init__(self, day: date, today: date) -> None:
        super().__init__(
            f"{day} has begun where today is {today}; take a later day",
            day=day.isoformat(),
            today=today.isoformat(),
        )


class AgreementEnded(Problem):
    slug, title = "agreement-ended", "This agreement has ended or ends before that day"
