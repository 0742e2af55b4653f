"""Briefs and submissions as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from entrepot.contexts.catalog.model import CategoryId, Content, ListingId, ProductId
from entrepot.contexts.merchants import ShopId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id


class BriefId(Id):
    __slots__ = ()


class SubmissionId(Id):
    __slots__ = ()


class BriefKind(StrEnum):
    """What makes the operator look for goods: a category, words of shoppers, one product."""

    CATEGORY = "category"
    KEYWORD = "keyword"
    PRODUCT = "product"


class Wanted(StrEnum):
    """Whether the very same goods are wanted."""

    SAME = "same"
    SIMILAR = "similar"


class SubmissionState(StrEnum):
    APPROVED = "approved"
    REJECTED = "rejected"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefSaid:
    """What is asked for, and why."""

    title: str
    brand: str = ""
    keywords: tuple[str, ...] = ()
    wanted: Wanted = Wanted.SIMILAR
    reward: str = ""
    reason: str = ""
    tags: tuple[str, ...] = ()

    def lacks(self, content: Content) -> str | None:
        """The first word that a listing would have to name and does not."""
        said, more = content, content.details
        text = " ".join((said.title, said.description, *more.features, *more.search_terms))
        asked = (*self.keywords, *((self.brand,) if self.brand else ()))
        return next((word for word in asked if word.casefold() not in text.casefold()), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBrief:
    market: str
    kind: BriefKind
    category_id: CategoryId
    said: BriefSaid
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    id: BriefId
    market: str
    kind: BriefKind
    category_id: CategoryId
    said: BriefSaid
    made_at: datetime
    ends_at: datetime
    withdrawn_at: datetime | None

    def is_open(self, at: datetime) -> bool:
        """Whether anything can be submitted."""
        return self.withdrawn_at is None and at < self.ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefSearch:
    """Open briefs of a market; what is left empty narrows nothing."""

    market: str
    kind: BriefKind | None = None
    category_ids: tuple[CategoryId, ...] = ()
    made_from: datetime | None = None
    made_before: datetime | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    id: SubmissionId
    brief_id: BriefId
    brief_title: str
    listing_id: ListingId
    product_id: ProductId
    product_title: str
    shop_id: ShopId
    merchant_id: OrganisationId
    state: SubmissionState
    reason: str
    made_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionDecision:
    submission_id: SubmissionId
    is_approved: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionSearch:
    """What is left empty narrows nothing."""

    merchant_id: OrganisationId | None = None
    shop_id: ShopId | None = None
    state: SubmissionState | None = None
    brief_id: BriefId | None = None
    product_id: ProductId | None = None
    made_from: datetime | None = None
    made_before: datetime | None = None
