"""What a listing is judged by before buyers see it."""

from typing import ClassVar, Literal

from entrepot.rulebook.rows import RuleRow, Selector

CheckName = Literal[
    "banned-word",
    "brand-claim",
    "image-size",
    "missing-qualification",
    "strikethrough-price",
]


class ListingCheck(RuleRow):
    """One check, for everything or for a category. Without a row, a check does not take place."""

    topic: ClassVar[str] = "listing_checks"
    selectors: ClassVar[tuple[Selector, ...]] = RuleRow.selecting(Selector("check"))

    check: CheckName
    words: tuple[str, ...] = ()  # Of banned-word: whole words, whatever their case.
    least_px: int = 0  # Of image-size: each side of each picture.
    certificates: tuple[str, ...] = ()  # Of missing-qualification: all of them.
    days: int = 0  # Of strikethrough-price: how far back prices count.
    proof_days: int = 0  # Of strikethrough-price: how old a proof from elsewhere may be.
    brief_en: str
    brief_zh_cn: str
    cure_en: str
    cure_zh_cn: str


class ListingAudit(RuleRow):
    """Who decides whether a listing goes live."""

    topic: ClassVar[str] = "listing_audits"

    by: Literal["rules", "operator"]  # Rules alone, or a person who sees what they found.
    after_minutes: int  # From submission; only where rules decide.
