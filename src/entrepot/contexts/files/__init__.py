"""Files: bytes that somebody uploaded or the platform made, and whose they are.

Images, documents and videos are judged by what they are, not by what they are called. The bytes lie
in a storage under their own hash; a row tells owner, purpose, size and measures. Files of a public
purpose are served to anybody under their hash, which never changes; all others are shown to who may
see them, or by a link that is signed for a while. An erased file is nobody's to read; its bytes go,
its row stays.
"""

from .access import Permission, visible_to
from .actions import erase, forget, keep, remove, upload
from .events import FileErased, FileStored
from .model import File, FileId, Kind, NewFile, Purpose
from .ports import Storage, StorageFull
from .problems import FileRefused
from .queries import by_ids, given, of_link, published, read

__all__ = [
    "File",
    "FileErased",
    "FileId",
    "FileRefused",
    "FileStored",
    "Kind",
    "NewFile",
    "Permission",
    "Purpose",
    "Storage",
    "StorageFull",
    "by_ids",
    "erase",
    "forget",
    "given",
    "keep",
    "of_link",
    "published",
    "read",
    "remove",
    "upload",
    "visible_to",
]
