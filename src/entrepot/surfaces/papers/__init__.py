"""Papers: what is printed for a parcel, made when it is asked for and kept nowhere.

A label or packing slip shows who receives a parcel, so it is not stored: a link that is signed for
a while says which paper is meant, and whoever holds it gets the paper as it is then.
"""

from .gathering import gather
from .links import PATH, holds, url_of
from .model import Format, Item, Kind, PageSize, Paper, Wanted
from .printing import commands

__all__ = [
    "PATH",
    "Format",
    "Item",
    "Kind",
    "PageSize",
    "Paper",
    "Wanted",
    "commands",
    "draw",
    "gather",
    "holds",
    "url_of",
]


def draw(paper: Paper, kind: Kind, size: PageSize) -> bytes:
    """The paper as a PDF. What draws it is loaded when a first one is asked for."""
    from .drawing import draw as drawn

    return drawn(paper, kind, size)
