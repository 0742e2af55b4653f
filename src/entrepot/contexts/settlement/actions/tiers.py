"""How shops stand, and the tier and reserve level that follow."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from entrepot.contexts.merchants import ShopId
from entrepot.contexts.settlement import store
from entrepot.contexts.settlement.actions.statements import calendar, first_claims
from entrepot.contexts.settlement.dates import RETAIL, tiers_of
from entrepot.contexts.settlement.events import TierDecided
from entrepot.contexts.settlement.model import Standing, TierDecision
from entrepot.kernel.events import emit
from entrepot.kernel.problems import BadInput
from entrepot.kernel.tx import Tx
from entrepot.rulebook import SettlementTier, earned
from entrepot.rulebook import of as rules_of


def set_standings(tx: Tx, standings: Sequence[Standing]) -> None:
    """Write how shops stood; the month's tier is decided anew when it is evaluated again.

    For flows and the platform's own surfaces: no permission is asked.
    """
    for standing in standings:
        if standing.score is not None and not 0 <= standing.score <= 500:
            raise BadInput("score", "hundredths between 0 and 500, or none")
        if standing.month_on.day != 1:
            raise BadInput("month_on", "the first day of a month")
    store.statements.save_standings(tx, standings)


def scores(tx: Tx, month_on: date, shops: Collection[ShopId]) -> dict[ShopId, int]:
    """The scores that hold in a month, of the shops that have one. For flows."""
    found = store.statements.standings(tx, month_on, shops)
    return {shop: one.score for shop, one in found.items() if one.score is not None}


def next_months(tx: Tx) -> list[tuple[datetime, str, date]]:
    """The next month whose tiers are to be decided, for markets that settle: instant, market, day.

    A market begins with the month after the clock of its first claim started.
    """
    decided = store.statements.decided_months(tx)
    first = first_claims(tx, decided.keys())
    found: list[tuple[datetime, str, date]] = []
    for market in sorted({*decided, *first}):
        rules = calendar(tx, market, decided.get(market) or first[market].date())
        last = decided.get(market) or rules.day_of(first[market]).replace(day=1)
        month = (last + timedelta(days=31)).replace(day=1)
        found.append((rules.start_of(month), market, month))
    return sorted(found)


def decide_month(
    tx: Tx, market: str, month_on: date, shops: Mapping[ShopId, tuple[str, str]]
) -> list[TierDecision]:
    """Decide the tiers of a market's shops for a month, once. For sweeps."""
    at = calendar(tx, market, month_on).start_of(month_on)
    store.statements.mark_month(tx, market, month_on)
    return decide_tiers(tx, month_on, shops, at) if shops else []


def decide_tiers(
    tx: Tx, month_on: date, shops: Mapping[ShopId, tuple[str, str]], at: datetime
) -> list[TierDecision]:
    """Write each shop's tier for a month, from its standing, as of the month's first instant.

    `shops` gives market and seller type. Run twice, late, or after a correction it writes the
    same row; orders delivered before keep theirs, because claims carry their dates.
    """
    standings = store.statements.standings(tx, month_on, shops.keys())
    decisions: list[TierDecision] = []
    for shop, (market, seller_type) in shops.items():
        version = rules_of(tx).on(SettlementTier, market, month_on)
        rows = tiers_of(version, {"basis": RETAIL, "seller_type": seller_type})
        standing = standings.get(shop)
        score = standing.score if standing else None
        shipped = standing.shipped_orders if standing else 0
        tier = earned([*rows.values()], score, shipped).tier
        assert tier is not None
        decisions.append(
            TierDecision(
                shop_id=shop,
                month_on=month_on,
                tier=tier,
                score=score,
                shipped_orders=shipped,
                source=standing.source if standing else "no score",
                rule=version.ref,
            )
        )
    store.statements.save_tiers(tx, decisions, at)
    emit(
        tx,
        [TierDecided(at=at, shop_id=d.shop_id, month_on=month_on, tier=d.tier) for d in decisions],
    )
    return decisions


def set_reserve_level(tx: Tx, shop: ShopId, level: int, reason: str) -> None:
    """Hold more or less of what is delivered from now on; what is held already stays as it is.

    For flows and the platform's own surfaces: no permission is asked.
    """
    if level not in range(4):
        raise BadInput("level", "0, 1, 2 or 3")
    store.statements.set_level(tx, shop, level, tx.now, reason)
