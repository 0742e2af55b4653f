"""The table of files."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Integer,
    LargeBinary,
    Named,
    Table,
    Text,
    TypedColumns,
)

from entrepot.kernel.access import OrganisationId
from entrepot.kernel.db import metadata
from entrepot.kernel.ids import IdType

from .model import FileId


class FileColumns(TypedColumns):
    id: Named[FileId] = Column(IdType(FileId), primary_key=True)
    owner_id: Named[OrganisationId] = Column(IdType(OrganisationId), nullable=False)
    purpose: Named[str] = Column(Text, nullable=False)
    kind: Named[str] = Column(Text, nullable=False)
    content_type: Named[str] = Column(Text, nullable=False)
    sha256: Named[bytes] = Column(LargeBinary, nullable=False)
    size_bytes: Named[int] = Column(BigInteger, nullable=False)
    width_px: Named[int | None] = Column(Integer)
    height_px: Named[int | None] = Column(Integer)
    name: Named[str] = Column(Text, nullable=False)
    is_public: Named[bool] = Column(Boolean, nullable=False)
    stored_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)
    erased_at: Named[datetime | None] = Column(DateTime(timezone=True))


files = Table("files", metadata, FileColumns, schema="files")
