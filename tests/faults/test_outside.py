"""What providers tell: late, twice, forged, or to a server that dies before it acts."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from entrepot import main
from entrepot.adapters.payments.sandbox import Method, Sandbox
from entrepot.contexts import payments
from entrepot.contexts.payments import IntentState, Webhook
from entrepot.kernel.ids import Id
from entrepot.rulebook import Rulebook
from entrepot.surfaces.parts import Parts
from entrepot.surfaces.worker import Worker
from tests import filling
from tests.conftest import Installation
from tests.living import Life
from tests.surfaces.api.calling import checkout_body, posted, quote_body
from tests.surfaces.api.serving import served, told

HOOK = "/api/v1/webhooks/payments/sandbox"


@pytest.fixture
def parts(installation: Installation, rules: object, tmp_path: Path) -> Parts:
    assert isinstance(rules, Rulebook)
    return main.assemble(told(tmp_path), installation.engine, rules, (installation.url, None))


@pytest.fixture
def client(parts: Parts) -> Iterator[httpx.Client]:
    with served(main.app(parts)) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield client


def waiting(client: httpx.Client, life: Life, provider: Sandbox) -> tuple[Id, Webhook]:
    """A checkout whose provider has not answered, and the message that it will send."""
    shop = filling.shop(life.work, price_minor=10_000)
    quote = posted(client, "/shop/quotes", quote_body(shop))
    placed = posted(
        client, "/shop/checkouts", checkout_body(quote["quote_id"], Method.LATE_WEBHOOK)
    )
    assert [order["state"] for order in placed["orders"]] == ["unpaid"]
    group = Id(int(placed["order_group_id"]))
    [[attempt]] = life.do(
        lambda tx: payments.attempts(tx, [payments.of_groups(tx, [group])[group]])
    )
    [message] = provider.webhooks([attempt.call])
    return group, message


@pytest.fixture
def provider(parts: Parts) -> Sandbox:
    return Sandbox(parts.keys.of("sandbox-webhook"))


def state(life: Life, group: Id) -> IntentState:
    return life.do(lambda tx: payments.of_groups(tx, [group])[group].state)


def heard(client: httpx.Client, message: Webhook) -> int:
    answer = client.post(HOOK, content=message.payload, headers=dict(message.headers))
    return answer.status_code


def test_forged_then_late_then_twice(
    client: httpx.Client, provider: Sandbox, installation: Installation
) -> None:
    life = Life(installation.work)
    group, message = waiting(client, life, provider)
    forged = Webhook(message.payload.replace(b"captured", b"declined"), message.headers)

    assert heard(client, forged) in {400, 401, 403, 422}
    assert heard(client, Webhook(message.payload, {})) in {400, 401, 403, 422}
    assert state(life, group) is IntentState.UNKNOWN
    life.on(0.1)  # Its stock is free again meanwhile.
    assert [heard(client, message) for _ in range(3)] == [204, 204, 204]
    life.listen()

    assert state(life, group) is IntentState.CAPTURED
    assert life.balance("psp_receivable") == 10_825
    life.check()


def test_a_message_outlives_the_server_that_took_it(
    parts: Parts, client: httpx.Client, provider: Sandbox, installation: Installation
) -> None:
    life = Life(installation.work)
    group, message = waiting(client, life, provider)
    event = provider.verify(message)
    life.do(lambda tx: payments.receive(tx, [event]))  # Answered; and then it was killed.
    assert state(life, group) is IntentState.UNKNOWN

    Worker(parts).ask()

    assert state(life, group) is IntentState.CAPTURED
