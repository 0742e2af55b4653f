"""What products are called and numbered in the dialect."""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from entrepot.contexts import catalog
from entrepot.contexts.catalog import CategoryId, Listing, ProductId, State
from entrepot.contexts.files import File, FileId
from entrepot.kernel.problems import NotFound
from entrepot.surfaces import file_links
from entrepot.surfaces.partner_api.codes import invalid
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.operations import Ask
from entrepot.surfaces.parts import Parts

OURS = re.compile(r"[a-z]{2}(-[1-9][0-9]?)*", re.ASCII)
THEIRS = re.compile(r"1[0-2][0-9][0-2][0-9]([0-9]{2})*", re.ASCII)
CHINESE = "zh"

AUDITS = {
    State.ACTIVATE: "APPROVED",
    State.FAILED: "FAILED",
    State.PENDING: "AUDITING",
}


def category_number(id: CategoryId) -> str:
    """`aa-1-2` is "101010102": a 1, then two digits for each letter and for each step."""
    letters, *steps = id.split("-")
    numbers = [*(ord(letter) - 96 for letter in letters), *map(int, steps)]
    return "1" + "".join(f"{number:02}" for number in numbers)


def category_of(text: str, field: str = "category_id") -> CategoryId:
    """The other way round; our own spelling is understood as well."""
    if OURS.fullmatch(text):
        return CategoryId(text)
    if not THEIRS.fullmatch(text):
        raise invalid(field, "the id of a category")
    pairs = [int(text[at : at + 2]) for at in range(1, len(text), 2)]
    letters = "".join(chr(96 + number) for number in pairs[:2])
    return CategoryId("-".join((letters, *map(str, pairs[2:]))))


def made_up_number(*words: str) -> str:
    """The id of an attribute or a value in a merchant's own words: always the same for them."""
    digest = hashlib.sha256("\0".join(words).casefold().encode()).digest()
    return str(10**18 + int.from_bytes(digest[:7]) % 10**17)


def named(category: catalog.Category, locale: str | None) -> str:
    """The name of a category: Chinese where it is asked for, else English."""
    return category.name_zh_cn if (locale or "").startswith(CHINESE) else category.name_en


def file_id(text: str, field: str) -> FileId:
    """The file that a `uri` or an id names."""
    try:
        return FileId.parse(text)
    except ValueError as error:
        raise invalid(field, "what the upload of the file answered") from error


def picture(parts: Parts, file: File) -> Data:
    """An image as answers show it."""
    url = file_links.url_of(parts, file)
    return {
        "uri": str(file.id),
        "urls": [url],
        "thumb_urls": [url],
        "width": file.width_px,
        "height": file.height_px,
    }


def pictures(parts: Parts, ids: tuple[FileId, ...], files: Mapping[FileId, File]) -> list[Data]:
    return [picture(parts, files[id]) for id in ids if id in files]


def listing_of(ask: Ask[Any, Any], id: ProductId) -> Listing:
    """The listing that a product has in the shop of the request."""
    found = catalog.in_shop(ask.tx, ask.shop.id, [id]).get(id)
    if found is None:
        raise NotFound("product", id)
    return found


def instant_of(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
