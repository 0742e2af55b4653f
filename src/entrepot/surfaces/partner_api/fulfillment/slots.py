"""When carriers fetch packages from sellers, as the delivery option says."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from entrepot.kernel.tx import Tx
from entrepot.rulebook import DeliveryOption, Market
from entrepot.rulebook import of as rules_of


def pickup_slots(tx: Tx, market: str, option: DeliveryOption) -> list[tuple[datetime, datetime]]:
    """The option's windows of the next business days that have not begun, by the market's clock."""
    calendar: Market = rules_of(tx).on(Market, market, tx.now.date()).row({})
    zone, day = ZoneInfo(calendar.zone), calendar.day_of(tx.now)
    days = [day] if calendar.is_business_day(day) else []
    while len(days) <= option.pickup_days:
        day += timedelta(days=1)
        if calendar.is_business_day(day):
            days.append(day)
    slots = [
        (datetime.combine(one, start, zone), datetime.combine(one, end, zone))
        for one in days
        for start, end in option.pickup_windows
    ]
    return [slot for slot in slots if slot[0] > tx.now]
