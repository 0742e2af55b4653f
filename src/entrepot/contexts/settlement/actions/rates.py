"""Exchange rates that the operator sets."""

from collections.abc import Sequence

from entrepot.contexts.settlement import store
from entrepot.contexts.settlement.access import Permission
from entrepot.contexts.settlement.model import OwnRate
from entrepot.kernel.money import Currency
from entrepot.kernel.problems import BadInput, Forbidden, Problem
from entrepot.kernel.tx import Tx

from .statements import RUN
from .waiting import rates_came


def set_rates(tx: Tx, rates: Sequence[OwnRate]) -> list[OwnRate | Problem]:
    """Rates for currencies that nobody else quotes, each from its day on; an outcome for each.

    Payouts that were made keep the rate that they were made at; those that wait for one of these
    are made when it counts.
    """
    outcomes = [_refusal(tx, rate) or rate for rate in rates]
    kept = {
        (outcome.currency, outcome.day_on): outcome
        for outcome in outcomes
        if isinstance(outcome, OwnRate)
    }
    if kept:
        tx.sql.execute(RUN)  # A run that misses a rate has written down what waits for it.
    store.rates.save(tx, [*kept.values()])
    rates_came(tx, kept.values())
    return outcomes


def _refusal(tx: Tx, rate: OwnRate) -> Problem | None:
    if not tx.actor.may(Permission.RUN):
        return Forbidden(f"{Permission.RUN} is not granted to you", permission=Permission.RUN)
    if rate.currency is Currency.EUR or not rate.per_euro.is_finite() or rate.per_euro <= 0:
        return BadInput("per_euro", "units of a currency for one euro, more than zero")
    if not rate.source:
        return BadInput("source", "where the rate comes from")
    return None
