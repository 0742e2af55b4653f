"""A database that lets nobody in: the server says so, and recovers."""

import time
from collections.abc import Callable, Iterator

import httpx
import psycopg
import pytest

from tests import filling
from tests.faults import processes
from tests.faults.processes import Site
from tests.surfaces.api.calling import bought, quote_body

pytestmark = pytest.mark.slow  # Processes of their own, started from nothing.

WITHIN_S = 60.0


@pytest.fixture
def site() -> Iterator[Site]:
    with processes.site(servers=1, workers=0) as up:
        yield up


def test_a_database_that_refuses_is_unavailable_and_comes_back(site: Site) -> None:
    shop = filling.shop(site.work)
    [address] = site.addresses
    with httpx.Client(base_url=address, timeout=60) as client:
        before = bought(client, shop)
        let_in(site, allowed=False)
        refused = client.post("/api/v1/shop/quotes", json=quote_body(shop))
        link = client.get(before["link"])
        health, readiness = client.get("/healthz"), client.get("/readyz")
        let_in(site, allowed=True)
        until(lambda: client.get("/readyz").status_code == 200)
        after = client.get(before["link"])

        assert (refused.status_code, link.status_code) == (503, 503)
        assert int(refused.headers["retry-after"]) > 0
        assert refused.json()["type"] == "/problems/busy"
        assert (health.status_code, readiness.status_code) == (200, 503)
        assert after.json()["payment"]["state"] == "captured"
        assert bought(client, shop)["order_group_id"] != before["order_group_id"]


def let_in(site: Site, *, allowed: bool) -> None:
    """Whether the server takes connections to the platform's database; those there are ended."""
    with psycopg.connect(site.database.admin_url, autocommit=True) as admin:
        admin.execute(f"alter database entrepot allow_connections {allowed}".encode())
        if not allowed:
            admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'entrepot'"
            )


def until(holds: Callable[[], bool]) -> None:
    """Wait for it, but not for ever."""
    end = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < end, "it did not come back"
        time.sleep(0.2)
