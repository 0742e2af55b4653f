"""Whom the server runs as: PostgreSQL refuses to be root."""

import os
import pwd
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import structlog

from .troubles import DatabaseTrouble

NAME = "entrepot-db"
FALLBACK = "nobody"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Account:
    """The system account that owns the data and runs the server."""

    uid: int
    gid: int
    foreign: bool  # Another account than the one of this process, which then is root.

    def own(self, path: Path) -> None:
        """Give a file or folder to the account."""
        if self.foreign:
            os.chown(path, self.uid, self.gid)

    def let_reach(self, path: Path) -> None:
        """Let the account pass through the folders above a path, by name only, not list them."""
        if not self.foreign:
            return
        for folder in path.resolve().parents:
            mode = folder.stat()
            if not mode.st_mode & stat.S_IXOTH and mode.st_uid != self.uid:
                log.warning("database.passage_opened", folder=str(folder), why="root cannot run it")
                folder.chmod(stat.S_IMODE(mode.st_mode) | stat.S_IXOTH)

    def let_read(self, tree: Path) -> None:
        """Let the account read and run the server programs, if a strict umask hid them."""
        if not self.foreign or tree.stat().st_mode & stat.S_IROTH:
            return
        for path in [tree, *tree.rglob("*")]:
            mode = path.lstat().st_mode
            if not stat.S_ISLNK(mode):
                runs = stat.S_IXOTH if mode & stat.S_IXUSR else 0
                path.chmod(stat.S_IMODE(mode) | stat.S_IROTH | runs)

    def run(self, command: list[str]) -> tuple[bool, str]:
        """Run a server program as the account; whether it worked, and what it said."""
        # To a file, not a pipe: the server inherits it and would keep a pipe open for ever.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
                cwd="/",
                check=False,
                user=self.uid if self.foreign else None,
                group=self.gid if self.foreign else None,
                extra_groups=[] if self.foreign else None,
            )
            output.seek(0)
            return done.returncode == 0, output.read()


def account_for(data: Path) -> Account:
    """The owner of existing data; for new data oneself or, as root, an account made for it."""
    me = os.geteuid()
    if data.exists():
        owner = data.stat()
        if owner.st_uid == me != 0:
            return Account(me, os.getegid(), foreign=False)
        if me == 0 and owner.st_uid != 0:
            return Account(owner.st_uid, owner.st_gid, foreign=True)
        if me != 0:
            raise DatabaseTrouble(
                f"the data in {data} belong to {_name(owner.st_uid)}, this is {_name(me)}. Cure: "
                "run as that user, or set ENTREPOT_HOME to a folder of your own"
            )
    if me != 0:
        return Account(me, os.getegid(), foreign=False)
    entry = _entry(NAME) or _made() or pwd.getpwnam(FALLBACK)
    return Account(entry.pw_uid, entry.pw_gid, foreign=True)


def _made() -> pwd.struct_passwd | None:
    """Make the account; without `useradd`, or in a read-only system, there is none."""
    options = ["--system", "--no-create-home", "--shell", "/bin/false", NAME]
    try:
        subprocess.run(["useradd", *options], check=False, capture_output=True)  # noqa: S607
    except OSError:
        return None
    return _entry(NAME)  # Also if another process was faster.


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
