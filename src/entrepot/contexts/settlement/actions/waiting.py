"""Why money that is settled is not paid out yet, and what ends that."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from entrepot.contexts.settlement import store
from entrepot.contexts.settlement.events import PayoutWaits
from entrepot.contexts.settlement.model import Lack, OwnRate, Wait
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.events import emit
from entrepot.kernel.tx import Tx

from .statements import calendar


def next_try_at(tx: Tx) -> datetime | None:
    """When payouts shall be tried again, because what some lacked has come. For sweeps."""
    return store.waits.next_at(tx)


def keep(tx: Tx, waits: Sequence[Wait], at: datetime) -> None:
    """Write down all that waits after a run; what waits for something new is told."""
    before = {(wait.payee_id, wait.amount.currency): wait for wait in store.waits.all_of(tx)}
    if not waits and not before:
        return
    store.waits.replace(tx, waits, at)
    known = {key: wait.lacks for key, wait in before.items()}
    emit(
        tx,
        [
            PayoutWaits(
                at=at,
                payee_id=wait.payee_id,
                currency=wait.amount.currency.value,
                minor=wait.amount.minor,
                lacks=wait.lacks.value,
            )
            for wait in waits
            if known.get((wait.payee_id, wait.amount.currency)) is not wait.lacks
        ],
    )


def rates_came(tx: Tx, rates: Collection[OwnRate]) -> None:
    """A rate of a day counts from the next day of the market on."""
    store.waits.wake(
        tx,
        {
            (wait.payee_id, wait.amount.currency): max(tx.now, _counts_from(tx, wait, rate))
            for wait in store.waits.all_of(tx)
            if wait.lacks is Lack.RATE
            for rate in sorted(rates, key=lambda rate: rate.day_on, reverse=True)
            if rate.currency in {wait.amount.currency, wait.payout_currency}
        },
    )


def accounts_came(tx: Tx, payees: Collection[OrganisationId]) -> None:
    """Who lacked an account, or a rate into another account's currency, is paid at once."""
    store.waits.wake(
        tx,
        {
            (wait.payee_id, wait.amount.currency): tx.now
            for wait in store.waits.all_of(tx)
            if wait.payee_id in payees and wait.lacks is not Lack.MINIMUM
        },
    )


def _counts_from(tx: Tx, wait: Wait, rate: OwnRate) -> datetime:
    day = rate.day_on + timedelta(days=1)
    return calendar(tx, wait.market, day).start_of(day)
