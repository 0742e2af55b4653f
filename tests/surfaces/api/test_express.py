"""The routes that are called before the framework is asked anything, as everybody sees them."""

from collections.abc import Iterator

import httpx

from entrepot.surfaces.api.bounded import MOST_BYTES

QUOTES = "/api/v1/shop/quotes"
JSON = {"Content-Type": "application/json"}


def test_a_body_without_a_length_has_a_size_too(client: httpx.Client) -> None:
    def pieces(size: int) -> Iterator[bytes]:
        yield from (b" " * 1_000 for _ in range(size // 1_000))

    within = client.post(QUOTES, content=pieces(MOST_BYTES), headers=JSON)
    beyond = client.post(QUOTES, content=pieces(MOST_BYTES + 1_000), headers=JSON)

    assert (within.status_code, within.json()["type"]) == (422, "/problems/bad-input")
    assert (beyond.status_code, beyond.json()["type"]) == (413, "/problems/too-large")


def test_answers_are_as_safe_as_any(client: httpx.Client) -> None:
    fast = client.post(QUOTES, content=b"{}", headers=JSON)
    routed = client.get("/api/v1/shop/products?market=us")
    safe = {"x-content-type-options", "x-frame-options", "referrer-policy", "cache-control"}

    assert (fast.status_code, routed.status_code) == (422, 200)
    for name in safe:
        assert fast.headers[name] == routed.headers[name]


def test_requests_are_counted_under_their_route(client: httpx.Client) -> None:
    line = f'entrepot_request_seconds_count{{method="POST",route="{QUOTES}",status="415"}}'

    def counted() -> float:
        told = [one for one in client.get("/metrics").text.splitlines() if one.startswith(line)]
        return float(told[0].split()[-1]) if told else 0.0

    before = counted()
    client.post(QUOTES, content=b"{}", headers={"Content-Type": "text/plain"})

    assert counted() == before + 1


def test_other_methods_are_the_routers(client: httpx.Client) -> None:
    answer = client.put(QUOTES, content=b"{}", headers=JSON)

    assert (answer.status_code, answer.json()["type"]) == (405, "/problems/method-not-allowed")
