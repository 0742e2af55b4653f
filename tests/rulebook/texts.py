"""Rule files for tests, made of a head and rows."""

from pathlib import Path

HEAD = 'selected_by = "placed"\nsource = "a test"\nmark = "default"\nrevision = 1\n'
RESERVE = "[[rows]]\nlevel = 1\nrate_bp = {rate_bp}\ndays = 15\n"


def reserve(rate_bp: int, head: str = HEAD) -> str:
    """A whole file of the topic `reserve`."""
    return head + RESERVE.format(rate_bp=rate_bp)


def write(folder: Path, id: str, content: str) -> Path:
    """Put a rule file where its id says."""
    file = folder / f"{id}.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content, encoding="utf-8")
    return file
