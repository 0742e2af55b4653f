"""Clicks and the rates they bring. The client hands in a token, never a rate."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from entrepot import rulebook
from entrepot.contexts import identity
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx
from entrepot.rulebook import Commission as Rule
from entrepot.rulebook import Version

from . import store
from .model import Asked, Click, Commission, NewClick
from .problems import NoPlan
from .store import Best, Wanted


def click(tx: Tx, wishes: Sequence[NewClick]) -> list[Click | Problem]:
    """What tokens are signed for: clicks on products that a plan promises their creator for.

    For flows: no permission is asked, shoppers click without signing in.
    """
    known = identity.known(tx, sorted({wish.creator_id for wish in wishes}))
    wanted = [Wanted(wish.shop_id, wish.product_id, wish.creator_id) for wish in wishes]
    best = store.best(tx, wanted, tx.now)
    outcomes: list[Click | Problem] = []
    for n, wish in enumerate(wishes):
        creator = known.get(wish.creator_id)
        if n not in best or creator is None or creator.kind is not identity.Kind.CREATOR:
            outcomes.append(NoPlan(wish.product_id))
            continue
        outcomes.append(
            Click(
                content=wish.content,
                creator_id=wish.creator_id,
                plan_id=best[n].plan_id,
                product_id=wish.product_id,
                at=tx.now,
            )
        )
    return outcomes


def rates(tx: Tx, asked: Sequence[Asked], at: datetime) -> list[Commission | None]:
    """What creators are promised for things bought, in one statement; none without a live click.

    A click counts for the product that it led to, within the window of the market's rule. The
    plans in force at that instant decide, not the one that was in force at the click. For flows:
    no permission is asked.
    """
    clicks = [(n, each, each.click) for n, each in enumerate(asked) if each.click is not None]
    live = [
        (n, each, click)
        for n, each, click in clicks
        if click.product_id == each.product_id and click.at <= at
    ]
    wanted = [Wanted(each.shop_id, each.product_id, click.creator_id) for _, each, click in live]
    best = store.best(tx, wanted, at)
    found: list[Commission | None] = [None] * len(asked)
    for index, (n, _, click) in enumerate(live):
        if index in best:
            found[n] = _promised(tx, click, best[index], at)
    return found


def _promised(tx: Tx, click: Click, best: Best, at: datetime) -> Commission | None:
    version = _rule(tx, best.market, at)
    rule = version.row({})
    if at - click.at >= timedelta(days=rule.click_window_days):
        return None
    return Commission(
        creator_id=click.creator_id,
        plan_id=best.plan_id,
        content=click.content,
        rate_bp=best.rate_bp,
        base=rule.base,
        rule=version.ref,
    )


def _rule(tx: Tx, market: str, at: datetime) -> Version[Rule]:
    book = rulebook.of(tx)
    place = book.on(rulebook.Market, market, at.date()).row({})
    return book.on(rulebook.Commission, market, place.day_of(at))
