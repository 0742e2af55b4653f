"""What is owed, and what keeps it off statements."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from entrepot.contexts.settlement import store
from entrepot.contexts.settlement.dates import Dated, Standings, dated
from entrepot.contexts.settlement.model import NO_SHOP, Claim, NewClaim
from entrepot.kernel.tx import Tx
from entrepot.rulebook import Market
from entrepot.rulebook import of as rules_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A case that keeps an order's claims off statements while it is open."""

    order_id: int
    reason: str
    reference: int  # The case's id.
    at: datetime


def claim(tx: Tx, claims: Sequence[NewClaim]) -> None:
    """Write what is owed, with the day on which it can be settled. For flows.

    A claim that is there already (same kind, source, line and payee) stays as it was.
    """
    if not claims:
        return
    known = _standings(tx, claims)
    first = _followed(tx, claims)
    book = rules_of(tx)
    rows = [(new, _dates(new, first) if new.follows else dated(book, new, known)) for new in claims]
    store.claims.add(tx, [(new, _told(new, dates)) for new, dates in rows])


def hold(tx: Tx, holds: Sequence[Hold]) -> None:
    """Keep the claims of orders off statements from an instant on. For flows."""
    store.claims.open_holds(tx, [(h.order_id, h.reason, h.reference, h.at) for h in holds])


def let_go(tx: Tx, holds: Sequence[Hold]) -> None:
    """End holds; the claims go on the next statement that is due after `at`. For flows."""
    store.claims.close_holds(tx, [(h.reason, h.reference, h.at) for h in holds])


def _standings(tx: Tx, claims: Sequence[NewClaim]) -> Standings:
    """Tier and reserve level of each shop, as they were when the clock of each claim started."""
    book = rules_of(tx)
    months, starts = set(), set()
    for new in claims:
        if new.tier_shop != NO_SHOP and not new.follows:
            market = book.on(Market, new.market, new.started_at.date()).row({})
            months.add((new.tier_shop, market.day_of(new.started_at).replace(day=1)))
            starts.add((new.tier_shop, new.started_at))
    if not months:
        return Standings({}, {})
    return Standings(store.claims.tiers(tx, months), store.claims.levels(tx, starts))


Followed = dict[tuple[int | None, int, int, str], Claim]


def _followed(tx: Tx, claims: Sequence[NewClaim]) -> Followed:
    orders = {new.order_id for new in claims if new.follows and new.order_id is not None}
    if not orders:
        return {}
    found = store.claims.of_orders(tx, orders)
    return {(c.order_id, c.pos, c.payee_id, c.kind): c for c in found}


def _told(new: NewClaim, dates: Dated) -> Dated:
    """The dates of a claim with all rules that decided it: the one of its amount comes first."""
    return dates if new.rule is None else replace(dates, rules=(new.rule, *dates.rules))


def _dates(new: NewClaim, first: Followed) -> Dated:
    """A correction settles with what it corrects, or at once if that is settled."""
    assert new.follows is not None
    origin = first.get((new.order_id, new.pos, new.payee_id, new.follows))
    assert origin is not None, f"{new.kind} {new.source_id} corrects no {new.follows}"
    return Dated(origin.tier, origin.rules, None, max(origin.eligible_at, new.started_at))
