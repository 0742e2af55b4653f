"""Each payout by the method of its account."""

from collections.abc import Callable, Mapping, Sequence

from entrepot.contexts.settlement import Answer, Outcome, PayoutId, PayoutProvider, Sending

Ask = Callable[[PayoutProvider, Sequence[Sending]], Sequence[Outcome]]


class ByMethod:
    """Implements `settlement.PayoutProvider` by several others."""

    def __init__(self, providers: Mapping[str, PayoutProvider]) -> None:
        self._providers = providers

    def send(self, batch: Sequence[Sending]) -> list[Outcome]:
        """One call to each provider that has something to pay."""
        return self._asked(batch, lambda provider, its: provider.send(its))

    def look_up(self, batch: Sequence[Sending]) -> list[Outcome]:
        """One call to each provider that was asked to pay."""
        return self._asked(batch, lambda provider, its: provider.look_up(its))

    def _asked(self, batch: Sequence[Sending], ask: Ask) -> list[Outcome]:
        by_method: dict[str, list[Sending]] = {}
        for sending in batch:
            by_method.setdefault(sending.account.method, []).append(sending)
        found: dict[PayoutId, Outcome] = {}
        for method, its in by_method.items():
            provider = self._providers.get(method)
            outcomes = ask(provider, its) if provider else [_unserved(sending) for sending in its]
            found |= {outcome.payout.id: outcome for outcome in outcomes}
        return [found[sending.payout.id] for sending in batch]


def _unserved(sending: Sending) -> Outcome:
    reason = f"this installation does not pay by {sending.account.method}"
    return Outcome(payout=sending.payout, answer=Answer.FAILED, reason=reason)
