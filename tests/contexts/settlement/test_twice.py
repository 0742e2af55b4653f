"""Sweeps that run twice at the same time settle and pay once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from entrepot.contexts import settlement
from entrepot.contexts.settlement import Payout, Statement
from entrepot.kernel.access import platform
from entrepot.kernel.tx import Tx
from tests.conftest import Installation
from tests.contexts.settlement.owed import (
    DAY,
    MERCHANT,
    NO_RATES,
    OTHER_MERCHANT,
    account,
    booked,
    claim,
    close,
    start_of,
)

RUNS = 4


def test_a_day_is_closed_and_paid_once(installation: Installation) -> None:
    def prepare(tx: Tx) -> None:
        for payee in (MERCHANT, OTHER_MERCHANT):
            account(tx, payee)
        settlement.claim(tx, [claim(1_00, payee_id=payee) for payee in (MERCHANT, OTHER_MERCHANT)])

    installation.work.run(lambda _: platform("test"), "prepare", prepare)
    start = Barrier(RUNS)

    def sweep(_: int) -> tuple[list[Statement], list[Payout]]:
        start.wait(timeout=30)
        return installation.work.run(
            lambda _: platform("test"),
            "sweep",
            lambda tx: (close(tx), settlement.make_payouts(tx, start_of(DAY), NO_RATES)),
        )

    with ThreadPoolExecutor(RUNS) as pool:
        done = list(pool.map(sweep, range(RUNS)))

    assert sorted(len(statements) for statements, _ in done) == [0] * (RUNS - 1) + [2]
    assert sorted(len(payouts) for _, payouts in done) == [0] * (RUNS - 1) + [2]
    assert installation.work.run(lambda _: platform("test"), "read", booked) == {
        "on_hold": 1_00,
        "available": -1_00,
    }
