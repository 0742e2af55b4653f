"""Labels in the language of label printers (ZPL II)."""

from .model import Paper

DOTS_WIDE = 832  # Four inches at 203 dots an inch.


def commands(paper: Paper) -> str:
    """A label as its printer takes it, in UTF-8."""
    lines = ["^XA", "^CI28", f"^PW{DOTS_WIDE}", _text(40, 40, 40, paper.carrier)]
    y = 110
    for line in (*paper.sender, ""):
        lines.append(_text(40, y, 24, line))
        y += 30
    for line in paper.recipient:
        lines.append(_text(40, y, 34, line))
        y += 42
    number = _quoted(paper.tracking_number)
    lines += [f"^FO40,{y + 20}^BY3^BCN,160,Y,N,N^FH_^FD{number}^FS", "^XZ"]
    return "\n".join(lines) + "\n"


def _text(x: int, y: int, dots: int, said: str) -> str:
    return f"^FO{x},{y}^A0N,{dots},{dots}^FH_^FD{_quoted(said)}^FS"


def _quoted(said: str) -> str:
    """What a printer would take for a command, as the numbers of its signs."""
    return "".join(f"_{ord(sign):02X}" if sign in "^~_\\" else sign for sign in said)
