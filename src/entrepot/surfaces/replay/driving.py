"""A whole history through the real flows, window by window, day after day settled and paid."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from entrepot.adapters.datasets.history import History
from entrepot.contexts import settlement
from entrepot.contexts.settlement import Payout, PayoutId, State
from entrepot.flows.subscriptions import SUBSCRIBERS
from entrepot.kernel import clock
from entrepot.kernel.access import platform
from entrepot.kernel.problems import each
from entrepot.kernel.replayed import Names
from entrepot.kernel.tx import Tx
from entrepot.rulebook import Market, Rulebook
from entrepot.surfaces.parts import Parts
from entrepot.surfaces.worker.cashier import AT_MOST as BATCH
from entrepot.surfaces.worker.cashier import Cashier
from entrepot.surfaces.worker.subscribers import drain
from entrepot.surfaces.worker.sweeps import step

from .diary import FINISHED, STEP, Diary, opened, who
from .happening import happen
from .preparing import Cast, prepare
from .selling import pay, release, sell
from .staging import staging_for
from .stocking import fill_shelves, stock
from .windows import Markets, Window, by_month, cut

AT_ONCE = 50  # Payouts on a page.
APPROVER = platform("replay-approver")  # Large payouts are released by somebody else.
Progress = Callable[[int, int, datetime], None]  # Purchases placed, of how many, business time.


@dataclass(slots=True)
class Stage:
    """What a running replay holds on to."""

    parts: Parts
    diary: Diary
    cast: Cast
    markets: Markets
    quiet_until: datetime | None = None  # Nothing falls due before, if nothing happens.

    def cashier(self, at: datetime) -> Cashier:
        """Who asks the providers at an instant."""
        parts = self.parts
        return Cashier(self.diary.at(at), who, parts.providers, parts.payout_providers)


def run(parts: Parts, history: History, progress: Progress) -> Diary:
    """Live through a history, or through what is left of it after an interruption."""
    markets = _markets(parts.rules, history)
    windows = cut(history, markets)
    if not windows:
        return Diary(parts.work)
    diary = opened(parts.work, history, windows[0].start)
    if diary.finished:
        return diary
    stage = Stage(parts, diary, Cast(history, staging_for(history)), markets)
    months, present = by_month(windows), parts.work.run(who, "replay.clock", _present)
    _pick_up(stage, present)
    placed = 0
    for window, before in zip(windows, [None, *windows], strict=False):
        fresh_month = before is None or before.month != window.month
        if window.start >= present:
            _settle(stage, window.start)
            if fresh_month:
                drain(diary.at(window.start), who, SUBSCRIBERS)
        if fresh_month and months[window.month].sales:
            prepare(diary, stage.cast, months[window.month], window.start)
            stock(diary, stage.cast, months[window.month], window.start)
        _live(stage, window)
        placed += len(window.placed)
        progress(placed, len(history.purchases), window.last_at or window.start)
    _finish(stage, windows[-1])
    return diary


def _present(tx: Tx) -> datetime:
    return tx.now


def _markets(rules: Rulebook, history: History) -> dict[str, Market]:
    """The markets of a history, as they are when it begins: zones and currencies stay."""
    first = {sale.market: sale.placed_at.date() for sale in reversed(history.purchases)}
    return {name: rules.on(Market, name, day).row({}) for name, day in first.items()}


def _live(stage: Stage, window: Window) -> None:
    """The facts of one window. What has an instant of its own is told at the last one of all."""
    if window.last_at is None:
        return
    diary = stage.diary
    last_step = f"{window.number}:end"
    stage.quiet_until = None
    if last_step in diary.ids(STEP):
        return
    sell(diary, stage.cast, stage.markets, window)
    at = window.last_at
    if window.paid:
        pay(diary, window, stage.parts.providers, at)
        release(diary, window, at)
    happen(diary, window, at)
    if window.cancelled or window.sent_back or window.returned:
        while stage.cashier(at).send_refunds() == BATCH:
            pass
    diary.step(last_step, at, _nothing)


def _nothing(tx: Tx) -> Names:
    return {}


def _pick_up(stage: Stage, at: datetime) -> None:
    """Payouts that an interruption left behind: without an answer, unsent or not released."""
    cashier = stage.cashier(at)
    cashier.look_up_payouts(at)
    _approve(stage, at, at)
    while cashier.send_payouts(at) == BATCH:
        pass


def _settle(stage: Stage, at: datetime) -> None:
    """Everything that is due at a midnight: timers, tiers, statements, payouts."""
    if stage.quiet_until is not None and at < stage.quiet_until:
        return
    cashier = stage.cashier(at)
    while (due := (swept := step(cashier.work, who, stage.parts.rates)).done) is not None:
        if due.what != "settlement.day":
            continue
        _approve(stage, at, due.at)
        while cashier.send_payouts(due.at) == BATCH:
            pass
    stage.quiet_until = swept.next_at


def _approve(stage: Stage, at: datetime, due_at: datetime) -> None:
    """A second person releases what is above the limit."""

    def release_large(tx: Tx) -> None:
        ids = [one.id for one in _made_at(tx, due_at) if one.state is State.REQUESTED]
        if ids:
            each(settlement.approve(tx, ids))

    stage.diary.at(at).run(lambda _: APPROVER, "replay.approve", release_large)


def _made_at(tx: Tx, due_at: datetime) -> Iterator[Payout]:
    after: tuple[datetime, PayoutId] | None = None
    while page := settlement.payout_page(tx, after=after, limit=AT_ONCE):
        for payout in page:
            if payout.due_at < due_at:  # The newest come first.
                return
            yield payout
        after = page[-1].due_at, page[-1].id


def _finish(stage: Stage, last: Window) -> None:
    diary = stage.diary
    at = last.last_at or last.start
    while stage.cashier(at).send_refunds():
        pass
    fill_shelves(diary, stage.cast, at)
    drain(diary.at(at), who, SUBSCRIBERS)
    diary.step(FINISHED, at, _set_free)


def _set_free(tx: Tx) -> Names:
    """From here on the clock runs by itself."""
    clock.free(tx.sql)
    return {}
