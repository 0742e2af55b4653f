"""Where bytes lie."""

from typing import Protocol

from entrepot.kernel.problems import Problem


class StorageFull(Problem):
    """There is no room left where files are kept. An operator has to make some."""

    status, slug, title = 507, "storage-full", "There is no room left for files"

    def __init__(self) -> None:
        super().__init__("the storage of files is full; nothing was kept, try again later")


class Storage(Protocol):
    """Bytes under their own hash: written whole or not at all, never changed."""

    def keep(self, sha256: bytes, data: bytes) -> None:
        """Keep bytes for good; what is there already stays. `StorageFull` if there is no room."""

    def fetch(self, sha256: bytes) -> bytes | None:
        """The bytes of a hash, as they were kept."""

    def remove(self, sha256: bytes) -> None:
        """Forget the bytes of a hash for good; what is not there is gone already."""
