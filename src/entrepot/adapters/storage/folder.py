"""Bytes in a folder, each under its hash."""

import errno
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from entrepot.contexts.files import StorageFull

NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True, slots=True)
class Folder:
    """Files as `ab/cd…`: two digits of the hash, then the rest, so that no folder grows huge."""

    root: Path

    def keep(self, sha256: bytes, data: bytes) -> None:
        """Write beside, make sure of the disk, rename: a file is there whole or not at all."""
        place = self._place(sha256)
        if place.exists():
            return
        try:
            self._write(place, data)
        except OSError as error:
            if error.errno in NO_ROOM:
                raise StorageFull from error
            raise

    def fetch(self, sha256: bytes) -> bytes | None:
        try:
            return self._place(sha256).read_bytes()
        except FileNotFoundError:
            return None

    def remove(self, sha256: bytes) -> None:
        place = self._place(sha256)
        if place.exists():
            place.unlink(missing_ok=True)
            _sync(place.parent)

    def _write(self, place: Path, data: bytes) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=place.parent, prefix=".")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(beside).replace(place)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
        _sync(place.parent)

    def _place(self, sha256: bytes) -> Path:
        digits = sha256.hex()
        return self.root / digits[:2] / digits[2:]


def _sync(folder: Path) -> None:
    """A rename is on the disk only when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
