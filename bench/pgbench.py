"""PostgreSQL's own load generator, which says what the machine can do."""

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

from entrepot.adapters.postgres import DATABASE
from entrepot.adapters.postgres.cluster import SUPERUSER

from .measuring import Used, during
from .stage import Stage

THREADS = 2


@dataclass(frozen=True)
class Limit:
    """Transactions per second, as if pgbench had a machine of its own."""

    rate: float
    used: Used


def measured(stage: Stage, script: str, seconds: int, clients: int = 32) -> Limit:
    """Run a script, each statement prepared once per connection."""
    cluster = stage.server.cluster
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "script.sql"
        file.write_text(script, encoding="utf-8")
        words = [cluster.engine.program("pgbench"), "--no-vacuum", "--protocol=prepared"]
        words += [f"--client={clients}", f"--jobs={min(THREADS, clients)}", f"--time={seconds}"]
        words += ["-h", str(cluster.sockets), "-U", SUPERUSER, "-f", str(file), DATABASE]
        said, used = during(stage, None, lambda: _run(words))
    found = re.search(r"tps = ([0-9.]+) \(without initial", said)
    assert found is not None, said
    return Limit(float(found[1]) * used.alone, used)


def _run(words: list[str]) -> tuple[str, float]:
    before = getrusage(RUSAGE_CHILDREN)
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    after = getrusage(RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stderr[-2_000:]
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.stdout, cpu
