"""What every payout provider has to do."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from entrepot.adapters.payouts import ByMethod, Folder, Listing, Payer, Sandbox, Sepa
from entrepot.contexts.settlement import Answer, PayoutProvider, Sending

from .sendings import IBAN, sending

PAYER = Payer(name="Entrepot", iban="GB33BUKB20201555555555")  # As above.
REACHED = {Answer.ACCEPTED, Answer.PAID}


@dataclass(frozen=True)
class Case:
    """A provider, with numbers of accounts that it can and cannot pay to."""

    provider: PayoutProvider
    method: str
    good: str
    bad: str

    def to(self, n: int, number: str | None = None) -> Sending:
        return sending(n, self.good if number is None else number, method=self.method)


MAKERS: dict[str, Callable[[Path], Case]] = {
    "sandbox": lambda path: Case(Sandbox(), "sandbox", "1", "sandbox-rejected"),
    "sepa": lambda path: Case(Folder(path, Sepa(PAYER)), "sepa", IBAN, "DE00"),
    "csv": lambda path: Case(Folder(path, Listing()), "csv", "1", ""),
    "by method": lambda path: Case(
        ByMethod({"sepa": Folder(path, Sepa(PAYER))}), "sepa", IBAN, "DE00"
    ),
}


@pytest.fixture(params=MAKERS)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Case:
    return MAKERS[request.param](tmp_path / "out")


def test_a_payout_reaches_the_bank_and_is_found_there(case: Case) -> None:
    [sent] = case.provider.send([case.to(1)])
    [found] = case.provider.look_up([case.to(1)])

    assert sent.answer in REACHED and sent.reference
    assert (sent.payout.id, sent.reason) == (1, "")
    assert found.answer in REACHED and found.reference == sent.reference


def test_what_is_asked_twice_is_paid_once(case: Case) -> None:
    [first] = case.provider.send([case.to(1)])

    again, other = case.provider.send([case.to(1), case.to(2)])

    assert (again.answer, again.reference) == (first.answer, first.reference)
    assert other.answer in REACHED and other.reference != first.reference


def test_what_cannot_be_paid_fails_with_a_reason(case: Case) -> None:
    good, bad, rest = case.provider.send([case.to(1), case.to(2, case.bad), case.to(3)])

    assert good.answer in REACHED and rest.answer in REACHED
    assert bad.answer is Answer.FAILED and bad.reason
    assert [outcome.payout.id for outcome in (good, bad, rest)] == [1, 2, 3]
    assert case.provider.look_up([case.to(2, case.bad)])[0].answer is Answer.FAILED


def test_nothing_is_nothing(case: Case) -> None:
    assert list(case.provider.send([])) == list(case.provider.look_up([])) == []
