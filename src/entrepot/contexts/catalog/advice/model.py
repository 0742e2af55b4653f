"""What advice is about."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from entrepot.contexts.catalog.model import Content
from entrepot.contexts.files import File, FileId


class Part(StrEnum):
    """In the order in which shoppers meet them."""

    TITLE = "title"
    IMAGE = "image"
    DESCRIPTION = "description"
    ATTRIBUTE = "attribute"
    SIZE_CHART = "size_chart"


class Tier(StrEnum):
    FAIR = "fair"
    GOOD = "good"
    POOR = "poor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A content with what is known around it."""

    content: Content
    pictures: Mapping[FileId, File]
    attributes: Collection[str]  # The ids of those that goods of the category have.
    has_sizes: bool  # Whether SKUs differ in size.


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What to do, and which tier a listing cannot reach without it."""

    part: Part
    code: str
    cure: str
    tier: Tier
