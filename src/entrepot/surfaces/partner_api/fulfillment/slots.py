"""When carriers fetch packages from sellers."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from entrepot.kernel.tx import Tx
from entrepot.rulebook import Market
from entrepot.rulebook import of as rules_of

# Ours, since no public source names any: two windows on each of the next business days.
WINDOWS = ((time(9), time(13)), (time(13), time(18)))
DAYS = 3


def pickup_slots(tx: Tx, market: str) -> list[tuple[datetime, datetime]]:
    """The windows of the next business days in the market's calendar that have not begun."""
    calendar: Market = rules_of(tx).on(Market, market, tx.now.date()).row({})
    zone, day = ZoneInfo(calendar.zone), calendar.day_of(tx.now)
    days = [day] if calendar.is_business_day(day) else []
    while len(days) <= DAYS:
        day += timedelta(days=1)
        if calendar.is_business_day(day):
            days.append(day)
    slots = [
        (datetime.combine(one, start, zone), datetime.combine(one, end, zone))
        for one in days
        for start, end in WINDOWS
    ]
    return [slot for slot in slots if slot[0] > tx.now]
