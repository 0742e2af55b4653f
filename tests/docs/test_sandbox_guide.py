"""The guide to the sandbox is followed: its commands run, its programs print what it shows."""

import contextlib
import io
import os
import re
import shlex
import socket
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.surfaces.installing import CommandLine

PAGE = Path(__file__).parents[2] / "docs" / "guides" / "test-your-integration.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
UNLIKE = re.compile(r"\b\d{18}\b|\b\d{4}-\d\d-\d\d \d\d:\d\d\b")  # Ids and instants.
STARTS_S = 240


@pytest.fixture(scope="module")
def line() -> Iterator[CommandLine]:
    """Outside of pytest's folders: other runs shut them, and a server runs as somebody else."""
    with tempfile.TemporaryDirectory(prefix="entrepot-guide-") as folder:
        yield CommandLine(Path(folder) / "home")


@pytest.fixture(scope="module")
def told(line: CommandLine) -> Iterator[dict[str, str]]:
    """A sandbox that runs, and what it printed into its file."""
    file = line.home.parent / "sandbox.env"
    words = ("sandbox", "--port", str(free_port()), "--env-file", str(file))
    ends = time.monotonic() + STARTS_S
    with line.start(*words) as process:
        while not file.exists() or not file.read_text("utf-8"):
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < ends, "it does not start"
            time.sleep(0.1)
        yield dict(one.split("=", 1) for one in file.read_text("utf-8").splitlines())


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@pytest.mark.slow
def test_everything_goes_as_the_page_says(
    line: CommandLine, told: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    blocks = BLOCK.findall(PAGE.read_text("utf-8"))
    program: dict[str, Any] = {}
    for (kind, text), (after, shown) in pairwise([*blocks, ("", "")]):
        if kind not in {"sh", "python"}:
            continue
        printed = ran(line, text) if kind == "sh" else run(text, program)
        if after == "text":
            assert alike(printed) == alike(shown), text

    assert [name for name, _ in blocks].count("python") >= 5, "the page has lost its programs"
    assert {*told} == set(re.findall(r"^([A-Z_]+)=", PAGE.read_text("utf-8"), re.MULTILINE))


def run(text: str, program: dict[str, Any]) -> str:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(text, PAGE.name, "exec"), program)
    return said.getvalue()


def ran(line: CommandLine, text: str) -> str:
    words = shlex.split(text)
    assert words[0] == ".venv/bin/entrepot"
    done = line.run(*words[1:], ENTREPOT_BASE_URL=os.environ["ENTREPOT_BASE_URL"])
    assert done.returncode == 0, done.stderr
    return done.stdout


def alike(text: str) -> str:
    return UNLIKE.sub("…", text.strip())
