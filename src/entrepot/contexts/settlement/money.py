"""What payouts post: every step of money on its way out is an entry of its own."""

from datetime import datetime

from entrepot.contexts import ledger
from entrepot.contexts.ledger import Account, Entry, Posting, Purpose

from .model import Payout


def sent(payout: Payout, at: datetime) -> Entry:
    """Available money is on its way; exchanged through the liquidity account if need be."""
    available = Account(Purpose.AVAILABLE, payout.payee_id)
    transit = Account(Purpose.PAYOUT_IN_TRANSIT, payout.payee_id)
    fx = Account(Purpose.FX_LIQUIDITY)
    postings: tuple[Posting, ...]
    if payout.rate is None:
        postings = (Posting(available, payout.amount), Posting(transit, -payout.amount))
    else:
        postings = (
            Posting(available, payout.amount),
            Posting(fx, -payout.amount),
            Posting(fx, payout.payout),
            Posting(transit, -payout.payout),
        )
    return Entry(
        kind="payout_sent",
        reference=_attempt(payout),
        occurred_at=at,
        postings=postings,
    )


def paid(payout: Payout, at: datetime) -> Entry:
    """The bank confirmed it."""
    transit = Account(Purpose.PAYOUT_IN_TRANSIT, payout.payee_id)
    return Entry(
        kind="payout_paid",
        reference=_attempt(payout),
        occurred_at=at,
        postings=(
            Posting(transit, payout.payout),
            Posting(Account(Purpose.BANK), -payout.payout),
        ),
    )


def undone(payout: Payout, at: datetime) -> Entry:
    """It never left: what was sent is available again, at the rate at which it was exchanged."""
    return ledger.reversal(
        sent(payout, at), kind="payout_failed", reference=_attempt(payout), at=at
    )


def returned(payout: Payout, at: datetime) -> Entry:
    """The bank sent it back after it was paid."""
    back = (*undone(payout, at).postings,)
    came = tuple(Posting(p.account, -p.amount) for p in paid(payout, at).postings)
    return Entry(
        kind="payout_returned",
        reference=_attempt(payout),
        occurred_at=at,
        postings=(*came, *back),
    )


def _attempt(payout: Payout) -> str:
    return f"{payout.id}-{payout.attempt}"
