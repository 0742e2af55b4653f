"""Why a claim settles on its day."""

from collections.abc import Sequence
from datetime import timedelta

from entrepot.contexts.orders import Line
from entrepot.contexts.settlement import Claim
from entrepot.flows.money import COMMISSION, SUPPLY
from entrepot.kernel.tx import Tx
from entrepot.rulebook import Market, ReserveLevel, SettlementTier, version
from entrepot.rulebook import of as rules_of

from .model import Rule, Step, percent


def dates(tx: Tx, claim: Claim, line: Line | None = None) -> list[Step]:
    """When a claim is eligible and until when its reserve is held, by the rules that it names.

    A correction has the dates of what it corrects.
    """
    if claim.days is None:
        return []
    market = rules_of(tx).on(Market, claim.market, claim.started_at.date()).row({})
    day = market.day_of(claim.started_at)
    refs = {ref.split("/")[0]: ref for ref in claim.rules}
    tiers = version(tx, refs[SettlementTier.topic])
    days = _days(claim, tiers.rows, line)
    tier = f", tier {claim.tier}" if claim.tier else ""
    steps = [
        Step(
            what=f"line {claim.pos}: {claim.kind} is eligible",
            stored=claim.eligible_at.isoformat(),
            recomputed=market.start_of(day + timedelta(days=days)).isoformat(),
            formula=f"00:00 of {day} + {days} calendar days in {market.zone}{tier}",
            rule=Rule.of(tx, tiers.ref),
        )
    ]
    if claim.reserve_until is None:
        return steps
    levels = version(tx, refs[ReserveLevel.topic])
    level: ReserveLevel = next(row for row in levels.rows if row.rate_bp == claim.reserve_bp)
    return [
        *steps,
        Step(
            what=f"line {claim.pos}: reserve is held",
            stored=claim.reserve_until.isoformat(),
            recomputed=market.start_of(day + timedelta(days=level.days)).isoformat(),
            formula=f"level {level.level}: {percent(level.rate_bp * 100)} for {level.days} days",
            rule=Rule.of(tx, levels.ref),
        ),
    ]


def _days(claim: Claim, rows: Sequence[SettlementTier], line: Line | None) -> int:
    """What the stored rule and the line's own terms give."""
    row = next(row for row in rows if (row.basis, row.tier) == (claim.basis, claim.tier))
    terms = None if line is None else line.inputs
    if terms is None:
        return claim.days or 0
    if claim.kind == COMMISSION:
        return max(row.days, int(terms["commission"]["days"]))
    own = terms["supply"] and terms["supply"]["days"]
    return int(own) if claim.kind == SUPPLY and own is not None else row.days
