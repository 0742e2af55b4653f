"""Papers: what is printed for a parcel, made when it is asked for and kept nowhere.

A label or packing slip shows who receives a parcel, so it is not stored: a link that is signed for
a while says which paper is meant, and whoever holds it gets the paper as it is then.
"""

from .gathering import gather
from .links import PATH, holds, url_of
from .model import Format, Item, Kind, PageSize, Paper, Wanted
from .printing import commands
from .problems import CannotPrint

__all__ = [
    "PATH",
    "CannotPrint",
    "Format",
    "Item",
    "Kind",
    "PageSize",
    "Paper",
    "Wanted",
    "commands",
    "draw",
    "drawable",
    "gather",
    "holds",
    "url_of",
]


def drawable(paper: Paper) -> Paper:
    """The same paper; `CannotPrint` if nobody could read on it who gets the parcel."""
    from .lettering import unknown_signs

    unknown = unknown_signs("".join(paper.recipient))
    if unknown:
        raise CannotPrint(paper.parcel_id, unknown)
    return paper


def draw(paper: Paper, kind: Kind, size: PageSize) -> bytes:
    """The paper as a PDF. What draws it is loaded when a first one is asked for."""
    from .drawing import draw as drawn

    return drawn(drawable(paper), kind, size)
