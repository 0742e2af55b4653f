"""A database that lets nobody in, and a disk that is full: the servers say so, and recover."""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from tests import filling
from tests.faults import buyers, comparing, processes
from tests.faults.processes import Site
from tests.living import Life
from tests.surfaces.api.calling import bought, quote_body

pytestmark = pytest.mark.slow  # Processes of their own, started from nothing.

WITHIN_S = 60.0
SMALL = "size=320m,mode=755"  # An empty database takes about eighty.
BLOCK = 1 << 20


@pytest.fixture
def site() -> Iterator[Site]:
    with processes.site(servers=1, workers=0) as up:
        yield up


@pytest.fixture
def disk() -> Iterator[Path]:
    """A disk that a test can fill."""
    folder = Path(tempfile.mkdtemp(prefix="entrepot-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", SMALL, "none", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        folder.rmdir()
        pytest.skip("may not mount a small disk here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


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


def test_a_full_disk_refuses_and_loses_nothing(disk: Path) -> None:
    """What was promised before is there after; what was refused is not."""
    with processes.site(servers=1, workers=1, on=disk) as site:
        shop = filling.shop(site.work, stock=100_000)
        with buyers.shopping(site.addresses, [shop], 2, seed=7, cancels=False) as journal:
            time.sleep(1)
            fill(disk / "ballast")
            promised = len(journal.placed)
            time.sleep(4)
            (disk / "ballast").unlink()
            site.ready()
            until(lambda: len(journal.placed) > promised)
        site.work.engine.dispose()
        comparing.compare(Life(site.work), journal)

        assert promised, "nobody bought anything before the disk was full"


def let_in(site: Site, *, allowed: bool) -> None:
    """Whether the server takes connections to the platform's database; those there are ended."""
    with psycopg.connect(site.database.admin_url, autocommit=True) as admin:
        admin.execute(f"alter database entrepot allow_connections {allowed}".encode())
        if not allowed:
            admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'entrepot'"
            )


def fill(file: Path) -> None:
    """Until nothing more fits, not even a little."""
    with file.open("wb", buffering=0) as ballast:
        for size in (BLOCK, 4096):
            try:
                while True:
                    ballast.write(b"\0" * size)
            except OSError:
                continue


def until(holds: Callable[[], bool]) -> None:
    """Wait for it, but not for ever."""
    end = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < end, "it did not come back"
        time.sleep(0.2)
