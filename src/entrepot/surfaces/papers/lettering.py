"""Text of any buyer, in fonts that every reader of PDF has: no font file is shipped.

Western text stands in Helvetica; Chinese, Japanese and Korean in the fonts that PDF readers bring
for them. A character that none of these has shows as a question mark.
"""

from functools import cache
from itertools import groupby

from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

WESTERN, WESTERN_BOLD = "Helvetica", "Helvetica-Bold"
CHINESE, JAPANESE, KOREAN = "STSong-Light", "HeiseiKakuGo-W5", "HYGothic-Medium"
KANA, HANGUL, HAN = (0x3040, 0x30FF), (0xAC00, 0xD7AF), (0x2E80, 0xFFEF)


@cache
def _registered() -> None:
    for name in (CHINESE, JAPANESE, KOREAN):
        pdfmetrics.registerFont(UnicodeCIDFont(name))


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
        canvas.drawString(x, y, part)
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
    try:
        sign.encode("cp1252")
    except UnicodeEncodeError:
        return western, "?"
    return western, sign
