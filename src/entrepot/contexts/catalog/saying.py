"""Whether what is said of a listing can be so: numbers that check, files that are there."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from html.parser import HTMLParser

from stdnum import ean, isbn

from entrepot.contexts import files
from entrepot.contexts.files import FileId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.problems import BadInput, NotFound, Problem
from entrepot.kernel.tx import Tx

from . import store
from .compliance import bad_parties
from .details import (
    NO_DETAILS,
    NO_SKU_DETAILS,
    Details,
    Identifier,
    SalesAttribute,
    Size,
    SkuDetails,
    Weight,
)

LENGTHS = {"GTIN": {8, 12, 13, 14}, "EAN": {8, 13, 14}, "UPC": {12}, "JAN": {8, 13}}
MOST_IMAGES = 9
NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,4})?", re.ASCII)

# What a description may hold; everything else is left out, with what scripts and styles say.
KEPT = {"a", "b", "br", "div", "em", "h1", "h2", "h3", "h4", "hr", "i", "img", "li", "ol", "p"}
KEPT |= {"span", "strong", "table", "tbody", "td", "th", "thead", "tr", "u", "ul"}
VOID, SILENT = {"br", "hr", "img"}, {"iframe", "math", "object", "script", "style", "svg"}
ATTRIBUTES = {"img": ("src", "alt", "width", "height")}
SAFE_SOURCE = re.compile(r"https?://[^\s\"'<>]+", re.ASCII)


def bad_details(tx: Tx, merchant_id: OrganisationId, details: Details) -> Problem | None:
    """What is wrong with the details of a listing of this merchant."""
    if details == NO_DETAILS:
        return None
    if len(details.image_ids) > MOST_IMAGES:
        return BadInput("main_images", f"at most {MOST_IMAGES} pictures")
    if details.minimum_units < 1:
        return BadInput("minimum_order_quantity", "one or more")
    brand = details.brand_id
    if brand is not None and brand not in store.brands_by(tx, merchant_id, [brand]):
        return NotFound("brand", brand)
    missing = _missing(tx, merchant_id, _files_of(details))
    if missing is not None:
        return NotFound("file", missing)
    return bad_parties(tx, merchant_id, details) or bad_package(
        details.package_size, details.package_weight
    )


def bad_sku(tx: Tx, merchant_id: OrganisationId, details: SkuDetails) -> Problem | None:
    """What is wrong with the details of a SKU of this merchant."""
    if details == NO_SKU_DETAILS:
        return None
    shown = (one for sales in details.sales_attributes for one in _pictures(sales))
    missing = _missing(tx, merchant_id, shown)
    if missing is not None:
        return NotFound("file", missing)
    if details.identifier is not None and not checks(details.identifier):
        return BadInput("identifier_code", f"a {details.identifier.kind} whose check digit fits")
    return bad_package(details.package_size, details.package_weight)


def checks(identifier: Identifier) -> bool:
    """Whether the check digit of a trade number fits."""
    code = identifier.code
    if identifier.kind == "ISBN":
        return bool(isbn.is_valid(code))
    if len(code) not in LENGTHS[identifier.kind] or not (code.isascii() and code.isdigit()):
        return False
    return bool(ean.calc_check_digit(code[:-1]) == code[-1])


def bad_package(size: Size | None, weight: Weight | None) -> BadInput | None:
    """What is wrong with the measures of a parcel."""
    if size is not None and not all(map(_positive, (size.length, size.width, size.height))):
        return BadInput("package_dimensions", "length, width and height are positive numbers")
    if weight is not None and not _positive(weight.value):
        return BadInput("package_weight", "a positive number")
    return None


def sanitised(description: str) -> str:
    """A description with what a browser may show and nothing that it could run or ask for."""
    cleaner = _Cleaner()
    cleaner.feed(description)
    cleaner.close()
    return "".join((*cleaner.out, *(f"</{tag}>" for tag in reversed(cleaner.open))))


class _Cleaner(HTMLParser):
    """Copies what is kept; text is escaped again, tags are closed in their order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.open: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self._silent += 1
        elif tag in KEPT and not self._silent:
            self.out.append(f"<{tag}{_attributes(tag, attrs)}>")
            if tag not in VOID:
                self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in KEPT and not self._silent:
            closed = "" if tag in VOID else f"</{tag}>"
            self.out.append(f"<{tag}{_attributes(tag, attrs)}>{closed}")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in self.open and not self._silent:
            while True:
                last = self.open.pop()
                self.out.append(f"</{last}>")
                if last == tag:
                    break

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """Leave out `<![…>` up to its end, as browsers do: the library stops at unknown names."""
        end = self.rawdata.find(">", i)
        return -1 if end < 0 else end + 1

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.out.append(_escaped(data))


def _attributes(tag: str, attrs: Iterable[tuple[str, str | None]]) -> str:
    kept = [(name, value or "") for name, value in attrs if name in ATTRIBUTES.get(tag, ())]
    safe = [(name, value) for name, value in kept if name != "src" or SAFE_SOURCE.fullmatch(value)]
    return "".join(f' {name}="{_escaped(value)}"' for name, value in safe)


def _escaped(text: str) -> str:
    for raw, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(raw, written)
    return text


def _files_of(details: Details) -> Iterator[FileId]:
    yield from details.image_ids
    for certificate in details.certificates:
        yield from (*certificate.image_ids, *certificate.file_ids)
    yield from (id for id in (details.video_id, details.size_chart_id) if id is not None)


def _pictures(sales: SalesAttribute) -> Iterator[FileId]:
    yield from (() if sales.image_id is None else (sales.image_id,))
    yield from sales.more_image_ids


def _missing(tx: Tx, merchant_id: OrganisationId, ids: Iterable[FileId]) -> FileId | None:
    """The first file that is not there, or is another's."""
    asked = [*ids]
    found = files.by_ids(tx, asked) if asked else {}
    return next((id for id in asked if id not in found or found[id].owner_id != merchant_id), None)


def _positive(text: str) -> bool:
    try:
        return bool(NUMBER.fullmatch(text)) and Decimal(text) > 0
    except InvalidOperation:
        return False
