"""The clocks of an order."""

from datetime import date, datetime, time
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

from entrepot.rulebook.rows import RuleRow

from .markets import Market


class OrderTimers(RuleRow):
    """How long each side has. Business days are the market's."""

    topic: ClassVar[str] = "order_timers"

    unpaid_h: int
    reservation_min: int
    on_hold_min: int
    dispatch_business_days: int
    auto_cancel_business_days: int
    auto_complete_days: int
    cutoff_time: time  # Market time; what comes later counts as of the next day.
    dispatched_by: Literal["carrier_scan", "ready_to_ship"]  # What stops the dispatch clock.

    def dispatch_on(self, market: Market, start_at: datetime) -> date:
        """The last market day on which dispatch is in time."""
        return self._after(market, start_at, self.dispatch_business_days)

    def auto_cancel_on(self, market: Market, start_at: datetime) -> date:
        """The market day at whose end an order that was not dispatched is cancelled."""
        return self._after(market, start_at, self.auto_cancel_business_days)

    def _after(self, market: Market, start_at: datetime, days: int) -> date:
        local = start_at.astimezone(ZoneInfo(market.zone))
        late = local.time().replace(second=0, microsecond=0) > self.cutoff_time
        first = market.day_of(market.end_of(local.date())) if late else local.date()
        return market.business_day_after(first, days)
