"""Alterations of pictures as values."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from entrepot.contexts.files import File, FileId
from entrepot.contexts.merchants import ShopId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id

MOST_ATTEMPTS = 5
LEASE = timedelta(minutes=5)  # By then an engine has answered, or whoever asked it is gone.
FIRST_PAUSE_S = 10


class AlterationId(Id):
    __slots__ = ()


class Work(StrEnum):
    """What an engine does to a picture."""

    TRANSLATION = "translation"  # Of the words in it.
    WHITE_BACKGROUND = "white_background"


class AlterationState(StrEnum):
    DONE = "done"
    FAILED = "failed"  # The engine was out of order for too long: the wish may be made again.
    UNCHANGED = "unchanged"  # There was nothing to do, or it is no picture for this engine.
    WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAlteration:
    """A wish; a translation says into which language."""

    shop_id: ShopId
    file_id: FileId
    work: Work
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alteration:
    id: AlterationId
    shop_id: ShopId
    merchant_id: OrganisationId
    file_id: FileId
    work: Work
    language: str
    state: AlterationState
    result_id: FileId | None  # The new picture.
    reason: str  # Why nothing came of it, or of the last attempt.
    attempts: int
    asked_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Taken:
    """An alteration that somebody has in hand, and its picture."""

    alteration: Alteration
    file: File


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What an engine is given; the key is the same whenever the same wish is made."""

    key: str
    data: bytes
    content_type: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Altered:
    """A new picture."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Untouched:
    """There was nothing to do, or there is nothing that this engine can do."""

    reason: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """The engine is out of order; it may do later."""

    reason: str


Outcome = Altered | Untouched | Trouble


def pause(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 10 s, 40 s, and so on."""
    return timedelta(seconds=FIRST_PAUSE_S * 4 ** (attempts - 1))
