"""What is told of files."""

from dataclasses import dataclass

from entrepot.kernel.access import OrganisationId
from entrepot.kernel.events import Event

from .model import File, FileId, Kind, Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class FileErased(Event):
    """A file was erased for good, for the sake of whom it showed or named."""

    name = "files.file_erased"

    file_id: FileId

    @property
    def subject(self) -> FileId:
        return self.file_id


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStored(Event):
    """Bytes were kept that this owner did not have for this purpose before."""

    name = "files.file_stored"

    file_id: FileId
    owner_id: OrganisationId
    purpose: Purpose
    kind: Kind
    size_bytes: int

    @property
    def subject(self) -> FileId:
        return self.file_id

    @staticmethod
    def of(file: File) -> "FileStored":
        """The fact of one file."""
        return FileStored(
            at=file.stored_at,
            file_id=file.id,
            owner_id=file.owner_id,
            purpose=file.purpose,
            kind=file.kind,
            size_bytes=file.size_bytes,
        )
