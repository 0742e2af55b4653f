"""Business time that is moved by hand, with everything that falls due on the way."""

from collections.abc import Callable
from datetime import datetime

from entrepot.contexts.settlement import Rates
from entrepot.flows.sweeps import Due

from .cashier import Cashier
from .sweeps import walk


def advance(cashier: Cashier, rates: Rates, to: datetime, seen: Callable[[Due], None]) -> None:
    """Walk to an instant; payouts leave at the instants at which they fall due."""

    def done(due: Due) -> None:
        cashier.send_payouts(due.at)
        seen(due)

    walk(cashier.work, cashier.who, rates, to, done)
