"""The committed extract of real orders, through the real flows, settled and paid day by day."""

import json
import os
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

from .report import Result, table

COMMAND = [sys.executable, "-c", "from entrepot.surfaces.cli import main; main()", "replay"]
CLEAN = ("trial_balance_minor", "unexplained_minor")


def run(options: Namespace) -> Result:
    """Replay into an empty home, as somebody would; its report says whether it counts."""
    with tempfile.TemporaryDirectory(prefix="entrepot-bench-") as home:
        told = Path(home) / "report.json"
        words = [*COMMAND, "online-retail", f"--report={told}"]
        begun = time.perf_counter()
        subprocess.run(
            words,
            env={**os.environ, "ENTREPOT_HOME": home},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        took = time.perf_counter() - begun
        report = json.loads(told.read_text(encoding="utf-8"))
    orders = int(report["orders"])
    left = {name: report[name] for name in CLEAN}
    rate = orders / took
    heads = ["orders", "s", "orders per s"]
    table("replay: UCI Online Retail, the extract", heads, [[orders, took, rate]])
    return Result(
        bench="replay",
        figure=rate if not any(left.values()) else None,
        unit="orders /s",
        limit=None,
        goal=0,
        measured={
            "orders": orders,
            "seconds": round(took, 1),
            "peak_mb": round(getrusage(RUSAGE_CHILDREN).ru_maxrss / 1_000, 1),
            **left,
        },
    )
