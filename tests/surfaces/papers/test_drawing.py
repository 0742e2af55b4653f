"""Labels and slips: what is printed on them is what a scanner reads."""

from dataclasses import replace

import pypdfium2
import pytest
import zxingcpp

from entrepot.surfaces.papers import CannotPrint, Item, Kind, PageSize, Paper, commands, draw

PAPER = Paper(
    parcel_id="912400760451366919",
    carrier="USPS",
    tracking_number="9400111899223197428490",
    order_ids=("912400760451360000", "912400760451360001"),
    sender=("Corner Shop", "US"),
    recipient=("王小明", "深圳市南山区科技园路1号", "Zoë Müller", "94016"),
    items=(Item(title="棉质T恤 White", sku="1001", quantity=2),),
    packed_on="2024-04-01",
    weight_g=350,
)


def pages(data: bytes) -> list[pypdfium2.PdfPage]:
    return [*pypdfium2.PdfDocument(data)]


def scanned(page: pypdfium2.PdfPage) -> set[str]:
    """What a reader of barcodes finds on the page as it looks at 300 dots an inch."""
    return {found.text for found in zxingcpp.read_barcodes(page.render(scale=300 / 72).to_pil())}


def text_of(page: pypdfium2.PdfPage) -> str:
    return str(page.get_textpage().get_text_bounded())


@pytest.mark.parametrize("size", PageSize)
def test_a_label_is_read_back(size: PageSize) -> None:
    [page] = pages(draw(PAPER, Kind.LABEL, size))

    assert scanned(page) == {PAPER.tracking_number, PAPER.parcel_id}


@pytest.mark.parametrize(
    ("size", "millimetres"),
    [(PageSize.A4, (210, 297)), (PageSize.A5, (148, 210)), (PageSize.A6, (105, 148))],
)
def test_a_page_is_as_large_as_its_paper(size: PageSize, millimetres: tuple[int, int]) -> None:
    [page] = pages(draw(PAPER, Kind.LABEL, size))

    assert tuple(round(side * 25.4 / 72) for side in page.get_size()) == millimetres


def test_names_in_any_of_our_languages_stand_on_it() -> None:
    [label] = pages(draw(PAPER, Kind.LABEL, PageSize.A6))

    said = text_of(label)

    for line in (*PAPER.recipient, *PAPER.sender, "USPS", PAPER.tracking_number):
        assert line in said


def test_marks_and_letters_of_a_market_stand_on_it() -> None:
    """Vietnamese, Cyrillic and Thai; a shaped mark is drawn, but no copy of the text has it."""
    lines = ("Nguyễn Văn Đức", "Москва, Łódź", "กรุงเทพมหานคร")
    [page] = pages(draw(replace(PAPER, recipient=lines), Kind.LABEL, PageSize.A6))

    assert all(line in text_of(page) for line in lines)
    assert "?" not in text_of(page)


def test_a_mark_stands_on_its_vowel() -> None:
    """Marks that fell together would draw what the vowel alone draws with one of them."""
    drawn = [inked(said) for said in ("ที", "ที่", "ที้")]

    assert len({*drawn}) == 3
    assert drawn[0] < drawn[1] < drawn[2]


def inked(said: str) -> int:
    """How much of a paper for a name is dark, in dots."""
    [page] = pages(draw(replace(PAPER, recipient=(said,)), Kind.LABEL, PageSize.A6))
    image = page.render(scale=4).to_pil().convert("L")
    return sum(image.histogram()[:128])


def test_an_address_that_no_font_has_is_not_printed() -> None:
    """Question marks would lead to nobody; a picture beside a name harms nobody."""
    with pytest.raises(CannotPrint) as refused:
        draw(replace(PAPER, recipient=("محمد",)), Kind.BOTH, PageSize.A4)
    [page] = pages(draw(replace(PAPER, recipient=("Zoë 🎁",)), Kind.LABEL, PageSize.A6))

    assert refused.value.members == {"parcel_id": PAPER.parcel_id, "signs": "حدم"}
    assert "Zoë ?" in text_of(page)


def test_a_title_that_no_font_has_leaves_its_slip() -> None:
    items = (Item(title="كتاب", sku="1", quantity=1),)
    [slip] = pages(draw(replace(PAPER, items=items), Kind.SLIP, PageSize.A6))

    assert "????" in text_of(slip) and "SKU 1" in text_of(slip)


def test_a_slip_lists_what_is_inside() -> None:
    label, slip = pages(draw(PAPER, Kind.BOTH, PageSize.A4))

    said = text_of(slip)

    assert scanned(slip) == {PAPER.parcel_id}
    assert PAPER.tracking_number in text_of(label)
    for part in ("棉质T恤 White", "SKU 1001", "x 2", *PAPER.order_ids, "2024-04-01"):
        assert part in said


def test_a_long_slip_goes_on_and_loses_nothing() -> None:
    items = tuple(Item(title=f"Thing {n}", sku=str(n), quantity=n) for n in range(1, 61))
    many = pages(draw(replace(PAPER, items=items), Kind.SLIP, PageSize.A6))

    said = "".join(text_of(page) for page in many)

    assert len(many) > 1
    assert all(f"Thing {n}" in said and f"x {n}" in said for n in range(1, 61))


def test_the_same_label_is_the_same_bytes() -> None:
    assert draw(PAPER, Kind.BOTH, PageSize.A4) == draw(PAPER, Kind.BOTH, PageSize.A4)


def test_a_printer_gets_no_commands_from_a_name() -> None:
    said = commands(replace(PAPER, recipient=("^XA~JA",)))

    assert said.count("^XA") == 1 and "~" not in said
    assert "^FD_5EXA_7EJA^FS" in said
    assert f"^FD{PAPER.tracking_number}^FS" in said
