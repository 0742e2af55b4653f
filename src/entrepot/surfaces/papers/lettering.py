"""Text of any buyer, in fonts that every reader of PDF has or that the paper brings along.

Western text stands in Helvetica; Chinese, Japanese and Korean in the fonts that PDF readers bring
for them. Thai, and whatever else is written in Latin, Greek or Cyrillic letters, is embedded, with
its marks where they belong. For other scripts there is no font: `unknown_signs` names them; a sign
that is no letter shows as a question mark then.
"""

import unicodedata
from functools import cache
from importlib.resources import files
from itertools import groupby

from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont, shapeStr
from reportlab.pdfgen.canvas import Canvas

WESTERN, WESTERN_BOLD = "Helvetica", "Helvetica-Bold"
CHINESE, JAPANESE, KOREAN = "STSong-Light", "HeiseiKakuGo-W5", "HYGothic-Medium"
KANA, HANGUL, HAN = (0x3040, 0x30FF), (0xAC00, 0xD7AF), (0x2E80, 0xFFEF)
# Embedded ones: the package of each, and its file. The first that has a sign writes it.
EMBEDDED = {
    "NotoSans": ("fontpkg_noto_sans", "NotoSans[wdth,wght].ttf"),
    "NotoSansThai": ("fontpkg_noto_sans_thai", "NotoSansThai[wdth,wght].ttf"),
}
UNKNOWN = "?"


@cache
def _registered() -> None:
    for name in (CHINESE, JAPANESE, KOREAN):
        pdfmetrics.registerFont(UnicodeCIDFont(name))


@cache
def _embedded(name: str) -> TTFont:
    package, file = EMBEDDED[name]
    font = TTFont(name, str(files(package) / "files" / file))
    pdfmetrics.registerFont(font)
    return font


def unknown_signs(text: str) -> str:
    """The letters, marks and digits of a text that no font here has, each of them once.

    Without other signs, pictures first of all, a text can still be read.
    """
    unknown = {sign for sign in text if unicodedata.category(sign)[0] in "LMN"}
    return "".join(sorted(sign for sign in unknown if _font_of(sign) is None))


def runs(text: str, *, bold: bool = False) -> list[tuple[str, str]]:
    """A text as runs of one font each: (font, part)."""
    _registered()
    asian = _asian(text)
    western = WESTERN_BOLD if bold else WESTERN
    plain = asian if any(_is_asian(sign) for sign in text) else western
    marked = [_lettered(sign, (plain, western, asian)) for sign in text]
    return [
        (font, "".join(sign for _, sign in run))
        for font, run in groupby(marked, key=lambda pair: pair[0])
    ]


def write(
    canvas: Canvas, at: tuple[float, float], text: str, points: float, *, bold: bool = False
) -> None:
    """One line of text at a place."""
    x, y = at
    for font, part in runs(text, bold=bold):
        canvas.setFont(font, points)
        # Marks of Thai stack: where each stands depends on what it stands on.
        canvas.drawString(x, y, shapeStr(part, font, points) if font in EMBEDDED else part)
        x += pdfmetrics.stringWidth(part, font, points)


def wrapped(text: str, points: float, width: float) -> list[str]:
    """A text in lines that fit; what has no blanks is cut where the line ends."""
    lines: list[str] = []
    for line in simpleSplit(text, WESTERN, points, width) if text.isascii() else [text]:
        lines += _cut(line, points, width)
    return lines


def _cut(line: str, points: float, width: float) -> list[str]:
    cut, now, room = [], "", width
    for font, part in runs(line):
        for sign in part:
            size = pdfmetrics.stringWidth(sign, font, points)
            if size > room:
                cut.append(now)
                now, room = "", width
            now, room = now + sign, room - size
    return [*cut, now]


def _asian(text: str) -> str:
    codes = [ord(sign) for sign in text]
    if any(KANA[0] <= code <= KANA[1] for code in codes):
        return JAPANESE
    if any(HANGUL[0] <= code <= HANGUL[1] for code in codes):
        return KOREAN
    return CHINESE


def _is_asian(sign: str) -> bool:
    return HAN[0] <= ord(sign) <= HAN[1] or HANGUL[0] <= ord(sign) <= HANGUL[1]


def _lettered(sign: str, fonts: tuple[str, str, str]) -> tuple[str, str]:
    """A sign and its font; plain ones go with the line's other signs, so that runs are few."""
    plain, western, asian = fonts
    if _is_asian(sign):
        return asian, sign
    if sign.isascii():
        return plain, sign
    font = _font_of(sign)
    if font is None:
        return western, UNKNOWN
    return (western if font == WESTERN else font), sign


@cache
def _font_of(sign: str) -> str | None:
    """The font that a sign is written in, whatever stands beside it; none if no font has it."""
    if _is_asian(sign):
        return CHINESE
    try:
        sign.encode("cp1252")
    except UnicodeEncodeError:
        code = ord(sign)
        return next((name for name in EMBEDDED if code in _embedded(name).face.charToGlyph), None)
    return WESTERN
