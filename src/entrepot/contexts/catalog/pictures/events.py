"""What is told of alterations."""

from dataclasses import dataclass
from typing import ClassVar

from entrepot.contexts.files import FileId
from entrepot.contexts.merchants import ShopId
from entrepot.kernel.events import Event

from .model import AlterationId, AlterationState, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureAltered(Event):
    """What was wished of a picture came to its end, good or not."""

    name: ClassVar[str] = "catalog.picture_altered"

    alteration_id: AlterationId
    shop_id: ShopId
    file_id: FileId
    work: Work
    language: str
    state: AlterationState
    result_id: FileId | None

    @property
    def subject(self) -> AlterationId:
        return self.alteration_id
