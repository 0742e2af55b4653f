"""Bad input is refused with its field and a cure; nothing that is sent makes a server fail."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok

from entrepot import main
from entrepot.adapters.postgres import APP, engine_of
from entrepot.kernel import clock
from entrepot.kernel.jobs import PostgresQueue
from entrepot.kernel.tx import UnitOfWork
from entrepot.rulebook import Rulebook
from entrepot.settings import Limits
from entrepot.surfaces.api import application
from entrepot.surfaces.api.openapi import document
from entrepot.surfaces.parts import Parts
from tests import filling
from tests.conftest import LIMITS, NOON, Installation
from tests.databases import Server
from tests.surfaces.api.calling import as_, bought, checkout_body, posted, quote_body
from tests.surfaces.api.serving import served, told

JSON = {"Content-Type": "application/json"}
BODIES = [
    b"",
    b"null",
    b"[]",
    b"{",
    b'"\\ud800"',
    b'{"market": "\\ud800"}',
    b'{"market": "us\\u0000"}',
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"items": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    b'{"market": "us", "items": [{"sku_id": "1", "quantity": ' + b"9" * 5_000 + b"}]}",
    b'{"market": "us", "items": [{"sku_id": "99999999999999999999", "quantity": 1}]}',
    b'{"quote_id": "9223372036854775807", "buyer": {"name": "\\u0000", "email": "a@b"}}',
    b'{"email": "a\\u0000b", "password": "x"}',
]
PLACES = ["/shop/quotes", "/shop/checkouts", "/sessions", "/shop/clicks", "/products", "/receipts"]


@pytest.mark.parametrize("place", PLACES)
def test_no_body_makes_it_fail(
    installation: Installation, client: httpx.Client, place: str
) -> None:
    admin = as_(client, filling.person(installation.work, "operator-admin"))
    path = f"/api/v1{'/operations' if place == '/receipts' else ''}{place}"
    for body in BODIES:
        answer = admin.post(path, content=body, headers=JSON)
        assert 400 <= answer.status_code < 500, (body[:60], answer.text)
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_field_is_named_with_its_cure(client: httpx.Client) -> None:
    body = {"market": "us", "items": [{"sku_id": "1", "quantity": 0}], "address": {"country": "x"}}
    answer = client.post("/api/v1/shop/quotes", json=body)
    told = answer.json()

    assert answer.status_code == 422
    assert [error["field"] for error in told["errors"]] == [
        "items[0].quantity",
        "address.country",
    ]
    assert told["field"] == "items[0].quantity"


def test_other_media_than_json_are_refused(
    installation: Installation, client: httpx.Client
) -> None:
    plain = {"Content-Type": "text/plain"}
    quote = client.post("/api/v1/shop/quotes", content=b"{}", headers=plain)
    session = client.post(
        "/api/v1/sessions", content=b'{"email": "a@b.c", "password": "x"}', headers=plain
    )
    assert (quote.status_code, session.status_code) == (415, 422)


def test_a_body_has_a_size(client: httpx.Client) -> None:
    answer = client.post("/api/v1/shop/quotes", content=b" " * 1_100_000, headers=JSON)
    assert answer.status_code == 413


def test_no_such_place_is_a_problem(client: httpx.Client) -> None:
    for path, status in (("/api/v1/nothing", 404), ("/api/v1/shop/quotes", 405)):
        answer = client.get(path)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/api/v1/shop/products?market=us&q=%00", "/api/v1/orders/%00"])
def test_queries_and_paths(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code in {401, 404, 422}


def test_the_same_key_twice_is_one_product(
    installation: Installation, client: httpx.Client
) -> None:
    of = filling.shop(installation.work)
    owner = as_(client, filling.person(installation.work, "merchant-owner", of.merchant_id))
    wish = {"merchant_id": str(int(of.merchant_id)), "category_id": "aa-1", "title": "Scarf"}
    body: dict[str, Any] = {**wish, "skus": [{"code": "S"}]}
    key = {"Idempotency-Key": "k1"}
    first, again = (owner.post("/api/v1/products", json=body, headers=key) for _ in range(2))
    other = owner.post("/api/v1/products", json={**body, "title": "Hat"}, headers=key)
    fresh = owner.post("/api/v1/products", json=body)

    assert first.status_code == 201 and first.json() == again.json()
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")
    assert fresh.json()["id"] != first.json()["id"]


def test_a_locked_row_is_busy_not_broken(installation: Installation, parts: Parts) -> None:
    of = filling.shop(installation.work)
    impatient = engine_of(installation.url, Limits(lock_timeout_ms=200))
    web = main.assemble(parts.settings, impatient, parts.rules, (installation.url, None))
    with served(main.app(web)) as address, httpx.Client(base_url=address, timeout=30) as client:
        quote = posted(client, "/shop/quotes", quote_body(of))
        with installation.engine.connect() as sql, sql.begin() as held:
            sql.exec_driver_sql("select id from orders.quotes for no key update")
            answer = client.post("/api/v1/shop/checkouts", json=checkout_body(quote["quote_id"]))
            held.rollback()
    impatient.dispose()

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"


API = schemathesis.openapi.from_dict(document(application.bare()))
OPERATIONS = [found.ok() for found in API.get_all_operations() if isinstance(found, Ok)]
CHECKS = settings(max_examples=8, deadline=None, suppress_health_check=[*HealthCheck])


@pytest.fixture(scope="module")
def admin(server: Server, rules: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """An operator on one installation for all operations: what one does, the next one meets."""
    name = server.fresh("installation")
    engine = engine_of(server.url(name, APP), LIMITS)
    with engine.begin() as sql:
        clock.start_at(sql, NOON)
    work = UnitOfWork(engine, clock.MovableTime(), PostgresQueue(), rules)
    of = filling.shop(work)
    assert isinstance(rules, Rulebook)
    home = tmp_path_factory.mktemp("home")
    parts = main.assemble(told(home), engine, rules, (server.url(name, APP), None))
    with served(main.app(parts)) as address, httpx.Client(base_url=address, timeout=30) as guest:
        bought(guest, of)
        yield as_(guest, filling.person(work, "operator-admin"))
    engine.dispose()
    server.drop(name)


@pytest.mark.slow
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_no_request_makes_it_fail(admin: httpx.Client, operation: Any) -> None:
    @CHECKS
    @given(case=operation.as_strategy())
    def asked(case: Any) -> None:
        answer = case.call(base_url=str(admin.base_url), headers=dict(admin.headers))
        assert answer.status_code < 500 or answer.status_code == 503, answer.text

    asked()
