"""What is kept, for whom, and who may read it."""

import hashlib
from dataclasses import dataclass, field

import pytest
from sqlalchemy import text

from entrepot.contexts import files
from entrepot.contexts.files import File, FileRefused, Kind, NewFile, Purpose, StorageFull
from entrepot.kernel.access import Actor, Grant, OrganisationId
from entrepot.kernel.problems import Forbidden, NotFound, only
from entrepot.kernel.tx import Tx
from tests.contexts.catalog import goods
from tests.contexts.files.pictures import MP4, PDF, bomb, picture, several


@dataclass
class Memory:
    """A storage that forgets with the test."""

    kept: dict[bytes, bytes] = field(default_factory=dict)

    def keep(self, sha256: bytes, data: bytes) -> None:
        self.kept.setdefault(sha256, data)

    def fetch(self, sha256: bytes) -> bytes | None:
        return self.kept.get(sha256)

    def remove(self, sha256: bytes) -> None:
        self.kept.pop(sha256, None)


class Full(Memory):
    def keep(self, sha256: bytes, data: bytes) -> None:
        raise StorageFull


@pytest.fixture
def storage() -> Memory:
    return Memory()


@pytest.fixture
def owner(tx: Tx) -> OrganisationId:
    return goods.seller(tx).merchant_id


def new(owner: OrganisationId, data: bytes, purpose: Purpose = Purpose.MAIN_IMAGE) -> NewFile:
    return NewFile(owner_id=owner, purpose=purpose, name="front.jpg", data=data)


def staff(owner: OrganisationId) -> Actor:
    words = ("file:read", "file:store")
    return Actor("person:1", frozenset(Grant(word, owner) for word in words))


def count(tx: Tx) -> int:
    rows: int = tx.sql.execute(text("select count(*) from files.files")).scalar_one()
    return rows


def refused(tx: Tx, storage: Memory, wish: NewFile) -> str:
    [refusal] = files.upload(tx, storage, [wish])
    assert isinstance(refusal, FileRefused)
    return str(refusal.members["reason"])


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (picture(601, 402), (Kind.IMAGE, "image/jpeg", (601, 402))),
        (picture(30, 20, "PNG"), (Kind.IMAGE, "image/png", (30, 20))),
        (picture(30, 20, "WEBP"), (Kind.IMAGE, "image/webp", (30, 20))),
        (several(30, 20), (Kind.IMAGE, "image/jpeg", (30, 20))),  # As many phones take it.
        (PDF, (Kind.DOCUMENT, "application/pdf", (None, None))),
        (MP4, (Kind.VIDEO, "video/mp4", (None, None))),
    ],
)
def test_a_file_is_what_its_bytes_are(
    tx: Tx, storage: Memory, owner: OrganisationId, data: bytes, told: tuple[object, ...]
) -> None:
    file = only(files.upload(tx, storage, [new(owner, data)]))

    assert (file.kind, file.content_type, (file.width_px, file.height_px)) == told
    assert file.size_bytes == len(data)
    assert files.read(tx, storage, file.id) == (file, data)


def test_the_same_bytes_are_one_file(tx: Tx, storage: Memory, owner: OrganisationId) -> None:
    other = goods.seller(tx).merchant_id
    wishes = [
        new(owner, PDF, Purpose.LABEL),
        new(owner, PDF, Purpose.LABEL),
        new(owner, PDF, Purpose.INVOICE),
        new(other, PDF, Purpose.LABEL),
    ]

    one, twin, invoice, foreign = files.upload(tx, storage, wishes)
    [again] = files.upload(tx, storage, wishes[:1])

    assert one == twin == again
    assert isinstance(one, File) and isinstance(invoice, File) and isinstance(foreign, File)
    assert len({one.id, invoice.id, foreign.id}) == 3
    assert storage.kept == {hashlib.sha256(PDF).digest(): PDF}
    told = "select count(*) from events.fresh where name = 'files.file_stored'"
    assert tx.sql.execute(text(told)).scalar_one() == 3


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"GIF89a" + bytes(50), "type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "type"),
        (picture(400, 400)[:-900], "damaged"),
        (picture(400, 400, "PNG")[:-30], "damaged"),
        (bomb(5_001, 5_000), "too-many-pixels"),
        (bomb(12_000, 9_000), "too-many-pixels"),  # Where Pillow itself begins to warn,
        (bomb(50_000, 50_000), "too-many-pixels"),  # and where it refuses.
        (picture(50, 50) + bytes(10_000_000), "too-large"),
        (PDF + bytes(10_000_000), "too-large"),
    ],
)
def test_what_is_not_accepted_leaves_nothing(
    tx: Tx, storage: Memory, owner: OrganisationId, data: bytes, reason: str
) -> None:
    assert refused(tx, storage, new(owner, data)) == reason
    assert (storage.kept, count(tx)) == ({}, 0)


def test_one_refusal_among_many(tx: Tx, storage: Memory, owner: OrganisationId) -> None:
    first, bad, last = files.upload(
        tx, storage, [new(owner, PDF), new(owner, b"?"), new(owner, picture())]
    )

    assert isinstance(first, File) and isinstance(last, File) and isinstance(bad, FileRefused)
    assert (first.kind, last.kind) == (Kind.DOCUMENT, Kind.IMAGE)


def test_strangers_neither_store_nor_see(storage: Memory, tx: Tx, owner: OrganisationId) -> None:
    file = only(files.upload(tx, storage, [new(owner, PDF, Purpose.CERTIFICATION)]))
    mine, theirs = goods.by(tx, staff(owner)), goods.by(tx, staff(OrganisationId(404)))

    assert files.by_ids(mine, [file.id]) == {file.id: file}
    assert files.by_ids(theirs, [file.id]) == {}
    with pytest.raises(NotFound):
        files.read(theirs, storage, file.id)
    [denied] = files.upload(theirs, storage, [new(owner, picture())])
    assert isinstance(denied, Forbidden)
    assert count(tx) == 1


def test_only_public_purposes_are_published(tx: Tx, storage: Memory, owner: OrganisationId) -> None:
    shown = only(files.upload(tx, storage, [new(owner, picture())]))
    hidden = only(files.upload(tx, storage, [new(owner, PDF, Purpose.LABEL)]))

    assert files.published(tx, shown.sha256) == shown
    assert files.of_link(tx, hidden.id) == hidden
    with pytest.raises(NotFound):
        files.published(tx, hidden.sha256)


def test_a_full_storage_is_told_and_leaves_no_row(tx: Tx, owner: OrganisationId) -> None:
    with pytest.raises(StorageFull):
        files.upload(tx, Full(), [new(owner, PDF)])
    assert count(tx) == 0


def eraser(owner: OrganisationId) -> Actor:
    words = ("file:erase", "file:read", "file:store")
    return Actor("person:2", frozenset(Grant(word, owner) for word in words))


def test_an_erased_file_is_nobodys_to_read_and_its_bytes_go(
    tx: Tx, storage: Memory, owner: OrganisationId
) -> None:
    file = only(files.upload(tx, storage, [new(owner, picture(), Purpose.RETURN_EVIDENCE)]))
    mine = goods.by(tx, eraser(owner))

    assert files.erase(mine, [file.id]) == [file.id]

    assert files.by_ids(mine, [file.id]) == files.given(tx, [file.id]) == {}
    with pytest.raises(NotFound):
        files.of_link(tx, file.id)
    assert storage.kept  # Until the worker comes: what is rolled back has lost nothing.
    assert (files.remove(tx, storage), storage.kept) == (1, {})
    assert files.remove(tx, storage) == 0
    [again] = files.erase(mine, [file.id])
    assert isinstance(again, NotFound)
    told = "select count(*) from events.fresh where name = 'files.file_erased'"
    assert tx.sql.execute(text(told)).scalar_one() == 1


def test_bytes_that_another_file_has_stay(tx: Tx, storage: Memory, owner: OrganisationId) -> None:
    """The same picture of another owner, and the same one uploaded again, are other files."""
    wishes = [new(owner, PDF, Purpose.LABEL), new(OrganisationId(404), PDF, Purpose.LABEL)]
    one, other = files.keep(tx, storage, wishes)
    assert isinstance(one, File) and isinstance(other, File)
    files.forget(tx, [one.id])
    files.remove(tx, storage)
    assert [*storage.kept.values()] == [PDF]

    again = only(files.keep(tx, storage, wishes[:1]))
    files.forget(tx, [other.id])
    files.remove(tx, storage)

    assert again.id != one.id
    assert files.given(tx, [one.id, other.id, again.id]) == {again.id: again}
    assert [*storage.kept.values()] == [PDF]
    files.forget(tx, [again.id])
    files.remove(tx, storage)
    assert storage.kept == {}


def test_strangers_erase_nothing(tx: Tx, storage: Memory, owner: OrganisationId) -> None:
    file = only(files.upload(tx, storage, [new(owner, PDF, Purpose.LABEL)]))
    for who in (staff(owner), eraser(OrganisationId(404))):
        [refusal] = files.erase(goods.by(tx, who), [file.id])
        assert isinstance(refusal, NotFound)
    assert files.given(tx, [file.id]) == {file.id: file}
    assert (files.remove(tx, storage), [*storage.kept.values()]) == (0, [PDF])
