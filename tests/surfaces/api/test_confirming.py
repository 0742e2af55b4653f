"""A card that asks for its owner (3-D Secure): the order waits unpaid until they have answered."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from entrepot import main
from entrepot.adapters.payments.stripe import Stripe
from entrepot.contexts.payments import calls
from entrepot.rulebook import Rulebook
from entrepot.surfaces.parts import Parts
from entrepot.surfaces.worker.cashier import Cashier
from tests import filling, playing_stripe
from tests.conftest import Installation
from tests.playing_stripe import ASKS_ITS_OWNER, KEY, SECRET
from tests.surfaces.api.calling import checkout_body, got, posted, quote_body
from tests.surfaces.api.serving import served, told


@dataclass(frozen=True)
class Checkout:
    """A buyer in the middle of it."""

    client: httpx.Client
    stripe: str
    parts: Parts
    body: dict[str, Any]
    placed: dict[str, Any]

    def confirms(self, *, success: bool) -> None:
        """The owner answers; the provider's message, or else a look, tells us."""
        secret = self.placed["payment"]["confirmation"]["client_secret"]
        playing_stripe.confirm(self.stripe, secret, success=success)
        cashier = Cashier(self.parts.work, self.parts.platform("test"), self.parts.providers, {})
        cashier.look_up_payments()

    @property
    def now(self) -> dict[str, Any]:
        """The group as its link shows it."""
        path, token = f"/shop/order-groups/{self.placed['order_group_id']}", self.placed["token"]
        shown: dict[str, Any] = got(self.client, path, token=token)
        return shown


@pytest.fixture
def checkout(
    installation: Installation, rules: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Checkout]:
    assert isinstance(rules, Rulebook)
    monkeypatch.setattr(calls, "PATIENCE", -calls.PATIENCE)  # A sweep looks at once.
    made = main.assemble(told(tmp_path), installation.engine, rules, (installation.url, None))
    with playing_stripe.local_stripe() as at:
        provider = Stripe(KEY, SECRET, api_base=at)
        parts = replace(made, providers={**made.providers, "stripe": provider})
        with (
            served(main.app(parts)) as address,
            httpx.Client(base_url=address, timeout=30) as client,
        ):
            playing_stripe.tell(at, f"{address}/api/v1/webhooks/payments/stripe")
            shop = filling.shop(installation.work)
            quote = posted(client, "/shop/quotes", quote_body(shop))
            body = checkout_body(quote["quote_id"], playing_stripe.card(at, ASKS_ITS_OWNER))
            body["payment"]["provider"] = "stripe"
            yield Checkout(client, at, parts, body, posted(client, "/shop/checkouts", body))


def states(shown: dict[str, Any]) -> tuple[str, list[str]]:
    return shown["payment"]["state"], [order["state"] for order in shown["orders"]]


def test_what_the_owner_confirms_is_paid(checkout: Checkout) -> None:
    again = posted(checkout.client, "/shop/checkouts", checkout.body)

    assert states(checkout.placed) == states(checkout.now) == ("unknown", ["unpaid"])
    assert again["payment"] == checkout.placed["payment"]
    assert checkout.now["payment"]["confirmation"] is None  # A link does not show it.

    checkout.confirms(success=True)

    assert states(checkout.now) == ("captured", ["on_hold"])


def test_what_the_owner_refuses_is_paid_by_another_card(checkout: Checkout) -> None:
    checkout.confirms(success=False)

    assert states(checkout.now) == ("declined", ["unpaid"])
    link = checkout.placed["link"].removeprefix("/api/v1").replace("?", "/payment?")
    paid = posted(checkout.client, link, {"method": "pm_card_visa"})
    assert states(paid) == ("captured", ["on_hold"])
    assert paid["payment"]["confirmation"] is None


def test_a_buyer_who_asks_once_more_is_told_by_what_to_confirm(checkout: Checkout) -> None:
    link = checkout.placed["link"].removeprefix("/api/v1").replace("?", "/payment?")
    waits = posted(checkout.client, link, {"method": "pm_card_visa"})

    assert states(waits) == ("unknown", ["unpaid"])
    assert waits["payment"]["confirmation"] == checkout.placed["payment"]["confirmation"]
