"""Files name no package registry and no machine: whoever installs uses what is set up there."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
# In pieces, or this file would be the first to be found.
HOSTS = ["py" + "pi.org", "python" + "hosted.org", "registry.npm" + "js", "deb." + "debian.org"]
PLACES = ["/wo" + "rk/", "/ro" + "ot/", "/home" + "/"]
SMALL = 2_000_000  # Bytes; larger files are data.
FORBIDDEN = re.compile("|".join(rf"(?<![\w.]){re.escape(word)}" for word in HOSTS + PLACES))


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split("\0")
    files = [ROOT / name for name in listed if name]
    return [file for file in files if file.is_file() and file.stat().st_size < SMALL]


def test_no_file_names_a_registry_or_a_machine() -> None:
    found = {
        str(file.relative_to(ROOT)): match[0]
        for file in tracked()
        if (match := FORBIDDEN.search(file.read_text(encoding="utf-8", errors="replace")))
    }
    assert found == {}


def test_requirements_are_pinned_by_hash_alone() -> None:
    for file in (ROOT / "requirements").glob("*.txt"):
        lines = file.read_text(encoding="utf-8").split("\n")
        pins = [line for line in lines if re.match(r"[a-z0-9]", line)]
        assert pins
        assert [line for line in pins if "==" not in line] == []
        assert [line for line in lines if line.startswith("-")] == []
        assert len([line for line in lines if "--hash=sha256:" in line]) >= len(pins)
