"""Parts around a test database, and the command line on it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from entrepot import main, rulebook, settings
from entrepot.adapters.postgres import APP, engine_of
from entrepot.surfaces.parts import Parts
from tests.conftest import LIMITS
from tests.databases import Server

ROOT = Path(__file__).parents[2]
SECRET = "0123456789abcdef0123456789abcdef"
ENDS_WITHIN_S = 60
RUN = [sys.executable, "-c", "from entrepot.surfaces.cli import main; main()"]


@contextmanager
def parts_on(
    server: Server, home: Path, overlay: Path | None = None, **more: Any
) -> Iterator[Parts]:
    """The parts of a process on an empty database of its own; `more` are settings."""
    name = server.fresh("installation")
    url = server.url(name, APP)
    engine = engine_of(url, LIMITS)
    given = settings.Settings(
        home=home, signing_secret=SecretStr(SECRET), sandbox=True, rules_overlay=overlay, **more
    )
    try:
        yield main.assemble(given, engine, rulebook.load(overlay), (url, None))
    finally:
        engine.dispose()
        server.drop(name)


@dataclass(frozen=True)
class CommandLine:
    """`entrepot` as a process of its own, on one home and, if given, one database."""

    home: Path
    url: str | None = None
    owner_url: str | None = None

    @property
    def environment(self) -> dict[str, str]:
        """Of the process: nothing of the test run but what a process needs."""
        found = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "src"),
            "ENTREPOT_HOME": str(self.home),
            "ENTREPOT_SIGNING_SECRET": SECRET,
            "COLUMNS": "200",
        }
        if self.url is not None:
            found |= {
                "ENTREPOT_DATABASE__URL": self.url,
                "ENTREPOT_DATABASE__OWNER_URL": self.owner_url or self.url,
                "ENTREPOT_SANDBOX": "true",
            }
        return found

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        return subprocess.run(
            [*RUN, *words],
            env=self.environment | more,
            cwd=self.home.parent,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    @contextmanager
    def start(self, *words: str, **more: str) -> Iterator[subprocess.Popen[str]]:
        """Begin one command, for tests that end it; if they fail before, it ends all the same."""
        with subprocess.Popen(
            [*RUN, *words],
            env=self.environment | more,
            cwd=self.home.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    end(process)


def end(process: subprocess.Popen[str]) -> None:
    """Ask a process to end, and make it."""
    process.terminate()
    try:
        process.communicate(timeout=ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
