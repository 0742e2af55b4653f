"""What payments need of the outside."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from .model import Call, Outcome, ProviderEvent, Webhook


class Provider(Protocol):
    """A payment provider. Never called inside a unit of work; nothing that it does raises.

    A call with a key that the provider has seen does nothing again and gives the first answer.
    """

    def carry_out(self, calls: Sequence[Call]) -> list[Outcome]:
        """Do what the calls ask. A timeout is `UNKNOWN`: the call may have been carried out."""

    def lookup(self, calls: Sequence[Call]) -> list[Outcome]:
        """What became of calls, changing nothing. `UNKNOWN` if the provider cannot tell yet."""

    def verify(self, webhook: Webhook) -> ProviderEvent:
        """Read a message that the provider sent; `ForgedWebhook` if its signature is not right."""


def ask(providers: Mapping[str, Provider], calls: Sequence[Call]) -> list[Outcome]:
    """Have each call carried out by its provider; outcomes in the order of the calls."""
    answers: dict[str, Outcome] = {}
    for name, ours in _by_provider(calls).items():
        outcomes = providers[name].carry_out(ours)
        answers.update(zip((call.key for call in ours), outcomes, strict=True))
    return [answers[call.key] for call in calls]


def look_up(providers: Mapping[str, Provider], calls: Sequence[Call]) -> list[Outcome]:
    """Ask each call's provider what became of it; outcomes in the order of the calls."""
    answers: dict[str, Outcome] = {}
    for name, ours in _by_provider(calls).items():
        outcomes = providers[name].lookup(ours)
        answers.update(zip((call.key for call in ours), outcomes, strict=True))
    return [answers[call.key] for call in calls]


def _by_provider(calls: Sequence[Call]) -> dict[str, list[Call]]:
    parts: dict[str, list[Call]] = {}
    for call in calls:
        parts.setdefault(call.provider, []).append(call)
    return parts
