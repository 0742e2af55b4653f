"""What rules find in listings. Each check can fail; together they are an audit."""

import html
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from entrepot import rulebook
from entrepot.contexts import files
from entrepot.contexts.files import File, FileId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.tx import Tx
from entrepot.rulebook import ListingCheck

from . import store
from .details import BrandId
from .model import Brand, Content, Fault, Listing, ListPrice, SkuId
from .responsibility import Ground
from .store import prices

TAG = re.compile(r"<[^>]*>")
WITHIN_WORDS = re.compile(r"</?(a|b|em|i|span|strong|u)(\s[^>]*)?>", re.IGNORECASE)
INVISIBLE = "Cf"  # Characters of no width, such as a soft hyphen.


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """All that the checks of one content look at."""

    content: Content
    at: datetime
    pictures: Mapping[FileId, File]
    brand: Brand | None
    claimed: Sequence[Brand]  # Protected brands that the title names.
    list_prices: Sequence[ListPrice]
    asked_for: Mapping[SkuId, int]  # The lowest price before the present one, or this if more.

    @property
    def text(self) -> str:
        """Everything that buyers read or search, without its tags."""
        said, more = self.content, self.content.details
        description = TAG.sub(" ", WITHIN_WORDS.sub("", said.description))
        whole = " ".join((said.title, *more.features, *more.search_terms))
        return f"{whole} {html.unescape(description)}"


Look = Callable[[Sight, ListingCheck], list[tuple[str, str]]]  # Field and what it is about.


def judge(
    tx: Tx, ground: Ground, listing: Listing, content: Content | None = None
) -> tuple[Fault, ...]:
    """What the rules of the market find in a listing, or in a version of it that waits."""
    seen = content or listing.content
    version = rulebook.of(tx).on(ListingCheck, ground.shop.market, ground.day)
    case = {
        "category": seen.category_id.path,
        "mode": ground.shop.mode,
        "seller_type": str(ground.shop.seller_type),
    }
    sight = _sight(tx, listing, seen)
    return tuple(
        Fault(check=row.check, field=field, about=about, rule=version.ref)
        for row in version.each(case, "check")
        for field, about in CHECKS[row.check](sight, row)
    )


def _sight(tx: Tx, listing: Listing, content: Content) -> Sight:
    skus = [sku.id for sku in store.skus_of(tx, [listing.product_id]).get(listing.product_id, ())]
    brands = store.protected_in(tx, listing.merchant_id, content.title)
    return Sight(
        content=content,
        at=tx.now,
        pictures=files.by_ids(tx, content.details.image_ids),
        brand=_brand(tx, listing.merchant_id, content.details.brand_id),
        claimed=brands,
        list_prices=store.list_prices(tx, listing.market, skus),
        asked_for=prices.asked_for(tx, listing.market, skus, _days(tx, listing.market)),
    )


def _brand(tx: Tx, merchant_id: OrganisationId, id: BrandId | None) -> Brand | None:
    return None if id is None else store.brands_by(tx, merchant_id, [id]).get(id)


def _days(tx: Tx, market: str) -> int:
    rows = rulebook.of(tx).on(ListingCheck, market, tx.now.date()).rows
    return max((row.days for row in rows), default=0)


def banned_words(sight: Sight, row: ListingCheck) -> list[tuple[str, str]]:
    """Words that stand in the text by themselves; Chinese has no spaces, so there anywhere."""
    text = _as_read(sight.text)
    return [("description", word) for word in row.words if _pattern(word).search(text)]


def small_pictures(sight: Sight, row: ListingCheck) -> list[tuple[str, str]]:
    small = (
        id
        for id in sight.content.details.image_ids
        for file in [sight.pictures.get(id)]
        if file is None or min(file.width_px or 0, file.height_px or 0) < row.least_px
    )
    return [("main_images", str(id)) for id in small]


def missing_documents(sight: Sight, row: ListingCheck) -> list[tuple[str, str]]:
    """A document without a picture or file is none, and one that has run out is none either."""
    there = {
        one.kind
        for one in sight.content.details.certificates
        if one.image_ids or one.file_ids
        if one.expires_at is None or one.expires_at > sight.at
    }
    return [("certifications", kind) for kind in row.certificates if kind not in there]


def brand_claims(sight: Sight, row: ListingCheck) -> list[tuple[str, str]]:
    title = _as_read(sight.content.title)
    named = [
        ("title", brand.name)
        for brand in sight.claimed
        if not brand.is_permitted and _pattern(brand.name).search(title)
    ]
    brand = sight.brand
    if brand is None or brand.is_permitted or not brand.is_protected:
        return named
    return [("brand", brand.name), *(one for one in named if one[1] != brand.name)]


def unproved_prices(sight: Sight, row: ListingCheck) -> list[tuple[str, str]]:
    """Crossed out may be what the goods cost in the days before, or what was paid elsewhere."""
    earliest = sight.at - timedelta(days=row.proof_days)
    return [
        ("list_price", str(price.sku_id))
        for price in sight.list_prices
        if price.list_minor > sight.asked_for.get(price.sku_id, 0)
        if not _proved(price, earliest)
    ]


def _proved(price: ListPrice, earliest: datetime) -> bool:
    return (
        price.proof_minor is not None
        and price.proof_at is not None
        and price.proof_minor >= price.list_minor
        and price.proof_at >= earliest
    )


def _as_read(text: str) -> str:
    """As it looks: wide letters are letters, what is invisible is not there, space is space."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(c for c in plain if unicodedata.category(c) != INVISIBLE).split())


@lru_cache(maxsize=4_096)
def _pattern(word: str) -> re.Pattern[str]:
    said = re.escape(_as_read(word))
    # Only Latin letters make a word longer: "大衣replica" has the word.
    return re.compile(rf"\b{said}\b", re.ASCII) if word.isascii() else re.compile(said)


CHECKS: Mapping[str, Look] = {
    "banned-word": banned_words,
    "brand-claim": brand_claims,
    "image-size": small_pictures,
    "missing-qualification": missing_documents,
    "strikethrough-price": unproved_prices,
}
