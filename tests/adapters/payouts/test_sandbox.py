"""The sandbox's own ways."""

import pytest

from entrepot.adapters.payouts import ByMethod, Sandbox
from entrepot.contexts.settlement import Answer

from .sendings import sending


@pytest.mark.parametrize(
    ("number", "sent", "found"),
    [
        ("DE123", Answer.PAID, Answer.PAID),
        ("sandbox-rejected", Answer.FAILED, Answer.FAILED),
        ("sandbox-slow", Answer.ACCEPTED, Answer.PAID),
        ("sandbox-timeout-then-paid", Answer.UNKNOWN, Answer.PAID),
        ("sandbox-timeout-then-nothing", Answer.UNKNOWN, Answer.FAILED),
    ],
)
def test_the_number_decides(number: str, sent: Answer, found: Answer) -> None:
    wish = sending(1, number)

    assert [one.answer for one in Sandbox().send([wish])] == [sent]
    assert [one.answer for one in Sandbox().look_up([wish])] == [found]


def test_attempts_have_references_of_their_own() -> None:
    one, two = Sandbox().send([sending(1, "x"), sending(1, "x", attempt=2)])

    assert (one.reference, two.reference) == ("sandbox-payout-1-1", "sandbox-payout-1-2")


def test_a_method_that_nobody_serves_fails() -> None:
    providers = ByMethod({"sandbox": Sandbox()})
    wishes = [sending(1, method="sepa"), sending(2, "x", method="sandbox")]

    refused, paid = providers.send(wishes)

    assert (refused.answer, paid.answer) == (Answer.FAILED, Answer.PAID)
    assert refused.reason == "this installation does not pay by sepa"
    assert [one.answer for one in providers.look_up(wishes)] == [Answer.FAILED, Answer.PAID]
