"""When a claim may be settled: by tier, market calendar and dated rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from entrepot.contexts.merchants import ShopId
from entrepot.rulebook import Market, ReserveLevel, Rulebook, SettlementTier, Version

from .model import NO_SHOP, NewClaim

RETAIL = "retail_sale"  # The basis on which shops, not suppliers, are settled.


@dataclass(frozen=True, slots=True)
class Dated:
    """The dates of one claim, and the rules that gave them."""

    tier: str | None
    rules: tuple[str, ...]
    days: int | None
    eligible_at: datetime
    reserve_bp: int = 0
    reserve_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standings:
    """What is known of shops for the claims of one batch."""

    tiers: Mapping[tuple[ShopId, date], str]  # By shop and first day of the month.
    levels: Mapping[tuple[ShopId, datetime], int]  # By shop and start of the clock.


def dated(book: Rulebook, claim: NewClaim, known: Standings) -> Dated:
    """When a claim is eligible, and what reserve is held of it.

    Days are calendar days of the market, counted from the day on which the clock started; the
    claim is eligible at 00:00 of the last one, in the market's zone.
    """
    market = book.on(Market, claim.market, claim.started_at.date()).row({})
    day = market.day_of(claim.started_at)
    version = book.on(SettlementTier, claim.market, day)
    case = {"basis": claim.basis, "seller_type": claim.seller_type}
    row = tier_row(version, case, known.tiers.get((claim.tier_shop, day.replace(day=1))))
    days = max(row.days if claim.days is None else claim.days, claim.at_least_days)
    eligible = market.start_of(day + timedelta(days=days))
    reserve = _reserve(book, claim, known, day)
    if reserve is None:
        return Dated(row.tier, (version.ref,), days, eligible)
    level, ref = reserve
    until = market.start_of(day + timedelta(days=level.days))
    return Dated(row.tier, (version.ref, ref), days, eligible, level.rate_bp, until)


def tier_row(
    version: Version[SettlementTier], case: Mapping[str, str], tier: str | None
) -> SettlementTier:
    """The row of a shop's tier; the default where it has none, or one that the rule forgot."""
    rows = tiers_of(version, case)
    if not rows:
        return version.row({**case, "tier": None})
    return rows.get(tier or "") or next(row for row in rows.values() if row.is_default)


def tiers_of(
    version: Version[SettlementTier], case: Mapping[str, str]
) -> dict[str, SettlementTier]:
    """The tiers that a case can be in, by name; none for suppliers."""
    return {
        row.tier: row
        for row in version.each({**case, "tier": None}, by="tier")
        if row.tier is not None
    }


def _reserve(
    book: Rulebook, claim: NewClaim, known: Standings, day: date
) -> tuple[ReserveLevel, str] | None:
    level = known.levels.get((claim.shop_id, claim.started_at), 0)
    if claim.shop_id == NO_SHOP or not level or claim.amount.minor <= 0:
        return None
    version = book.on(ReserveLevel, claim.market, day)
    row = version.row({"level": level, "seller_type": claim.seller_type})
    return (row, version.ref) if row.rate_bp else None
