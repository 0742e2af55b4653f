"""Bytes in a folder."""

import errno
import hashlib
import os
from pathlib import Path

import pytest

from entrepot.adapters.storage import Folder
from entrepot.contexts.files import StorageFull

DATA = b"what a label says"
HASH = hashlib.sha256(DATA).digest()


def all_files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


def test_what_is_kept_is_fetched_by_another(tmp_path: Path) -> None:
    Folder(tmp_path / "files").keep(HASH, DATA)
    Folder(tmp_path / "files").keep(HASH, DATA)

    digits = HASH.hex()
    assert all_files(tmp_path) == [tmp_path / "files" / digits[:2] / digits[2:]]
    assert Folder(tmp_path / "files").fetch(HASH) == DATA


def test_what_was_never_kept_is_nothing(tmp_path: Path) -> None:
    assert Folder(tmp_path).fetch(HASH) is None


@pytest.mark.parametrize(
    ("number", "told"), [(errno.ENOSPC, StorageFull), (errno.EDQUOT, StorageFull), (5, OSError)]
)
def test_a_failed_write_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, told: type[Exception]
) -> None:
    def fail(handle: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(told):
        Folder(tmp_path).keep(HASH, DATA)

    assert all_files(tmp_path) == []
    assert Folder(tmp_path).fetch(HASH) is None


def test_what_is_removed_is_gone_and_can_be_kept_again(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.keep(HASH, DATA)
    folder.remove(HASH)
    folder.remove(HASH)

    assert (folder.fetch(HASH), all_files(tmp_path)) == (None, [])
    folder.keep(HASH, DATA)
    assert folder.fetch(HASH) == DATA
