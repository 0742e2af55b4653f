"""What the rulebook says about shops."""

from collections.abc import Sequence
from datetime import date, datetime

from entrepot import rulebook
from entrepot.kernel.tx import Tx
from entrepot.rulebook import Admission, Case, Market, MarketNotOpen, NextStage, Probation

from .model import Application, NewShop, Shop, Standing

Sold = Application | NewShop | Shop  # What has a market, a mode and a seller type.


def market_of(tx: Tx, market: str, at: datetime) -> Market:
    """A market as it is on the day of an instant, which only the market itself can name."""
    version = rulebook.of(tx).on(Market, market, at.date())
    return version.row({})


def day_in(tx: Tx, market: str) -> date:
    """The market's calendar day now."""
    return market_of(tx, market, tx.now).day_of(tx.now)


def closed(tx: Tx, market: str, mode: str, day: date) -> MarketNotOpen | None:
    """Why nothing can be sold there in this mode on that day, if so."""
    missing = rulebook.of(tx).missing(market, mode, day)
    if not missing:
        return None
    return MarketNotOpen(
        f"{market} is not open for {mode} on {day}: no rule for {', '.join(missing)}",
        market=market,
        mode=mode,
        missing=[*missing],
        day=day.isoformat(),
    )


def entry(tx: Tx, wish: Sold, mode: str, day: date) -> tuple[Admission, str]:
    """Which companies may open such a shop, and the reference of the rule that says so."""
    version = rulebook.of(tx).on(Admission, wish.market, day)
    case: Case = {"kind": "shop", "mode": mode, "seller_type": wish.seller_type.value}
    return version.row(case), version.ref


def stages(tx: Tx, sold: Sold, day: date) -> tuple[Sequence[Probation], str]:
    """The stages of probation there, in the file's order, and the rule's reference."""
    version = rulebook.of(tx).on(Probation, sold.market, day)
    case: Case = {"mode": sold.mode, "seller_type": sold.seller_type.value}
    return version.each(case, "stage"), version.ref


def stage(tx: Tx, shop: Shop, day: date) -> tuple[Probation, str]:
    """The stage that a shop is in, and the rule's reference."""
    version = rulebook.of(tx).on(Probation, shop.market, day)
    case: Case = {
        "stage": shop.stage,
        "mode": shop.mode,
        "seller_type": shop.seller_type.value,
    }
    return version.row(case), version.ref


def met(task: NextStage, standing: Standing, days: int) -> bool:
    """Whether a shop has done what opens the next stage."""
    return (
        standing.quiz_passed >= task.quiz_passed
        and standing.live_listings >= task.min_live_listings
        and days >= task.min_days
        and standing.delivered_orders >= task.min_delivered_orders
        and standing.buyers >= task.min_buyers
        and (task.max_violations is None or standing.violations <= task.max_violations)
        and (
            task.min_score is None
            or (standing.score is not None and standing.score >= task.min_score)
        )
    )


def tighter(*caps: int | None) -> int | None:
    """The lowest of the caps that exist."""
    return min((cap for cap in caps if cap is not None), default=None)
