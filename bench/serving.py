"""The server as it is in production, and the clients that load it."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

import orjson
import psutil

from .measuring import Used, during
from .stage import Stage

GENERATOR = "bench.client (asyncio, uvloop, raw sockets)"
COMMAND = [sys.executable, "-c", "from entrepot.surfaces.cli import main; main()", "serve"]


@dataclass(frozen=True)
class Server:
    """A running `entrepot serve`."""

    process: psutil.Process
    port: int
    started_s: float  # Until the first 200.


@dataclass(frozen=True)
class Load:
    """What clients saw in one stretch of time."""

    rate: float  # Done per second, the generator's processor time counted off.
    raw_rate: float
    p50_ms: float
    p99_ms: float
    done: int
    last_s: float  # Until the last one was done; what came later was refused.
    refused: dict[str, int]
    quotes: list[str]
    groups: list[str]
    used: Used


@contextmanager
def serving(stage: Stage, *words: str) -> Iterator[Server]:
    """Run the server on the stage's home until the end of the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    environment = {**os.environ, "ENTREPOT_HOME": str(stage.home)}
    environment |= {"ENTREPOT_LOG_LEVEL": "error", "ENTREPOT_PARTNER_RATE": "0"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # What is installed is compiled once.
    begun = time.perf_counter()
    process = subprocess.Popen([*COMMAND, f"--port={port}", *words], env=environment)
    try:
        _wait(process, port)
        took = time.perf_counter() - begun
        yield Server(psutil.Process(process.pid), port, took)
    finally:
        process.terminate()
        process.wait(30)


def load(stage: Stage, server: Server, plan: dict[str, Any]) -> Load:
    """Let clients work through a plan; see `bench.client`."""

    def run() -> tuple[dict[str, Any], float]:
        done = subprocess.run(
            [sys.executable, "-m", "bench.client"],
            input=orjson.dumps({**plan, "port": server.port}),
            stdout=subprocess.PIPE,
            check=True,
        )
        said = orjson.loads(done.stdout)
        return said, said["cpu_s"]

    said, used = during(stage, server.process, run)
    used = Used(said["wall_s"], used.generator_s, used.server_s, used.database_s)
    latencies = said["latencies_ms"]
    p50, p99 = _percentiles(latencies)
    raw = len(latencies) / said["wall_s"]
    return Load(
        rate=raw * used.alone,
        raw_rate=raw,
        p50_ms=p50,
        p99_ms=p99,
        done=len(latencies),
        last_s=said["last_s"],
        refused=said["refused"],
        quotes=said["quotes"],
        groups=said["groups"],
        used=used,
    )


def _percentiles(latencies: Sequence[float]) -> tuple[float, float]:
    if len(latencies) < 2:
        return 0.0, 0.0
    cuts = quantiles(latencies, n=100)
    return cuts[49], cuts[98]


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    while process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.02)
    raise RuntimeError(f"the server stopped with exit code {process.returncode}")
