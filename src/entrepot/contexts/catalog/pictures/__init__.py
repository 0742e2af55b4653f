"""Pictures changed by an engine: another background, or their words in another language.

An alteration is a wish for one picture of a shop. Whoever wishes gets it at once, and the picture
later: an engine works outside of any transaction, is asked again when it fails, and is given up
after some attempts. The picture that was there stays as it is; what comes of it is a new file of
the same owner for the same purpose. The same wish twice is one, unless the first came to nothing.
"""

from .actions import alter, record, take
from .events import PictureAltered
from .model import (
    MOST_ATTEMPTS,
    Alteration,
    AlterationId,
    AlterationState,
    Altered,
    NewAlteration,
    Outcome,
    Picture,
    Taken,
    Trouble,
    Untouched,
    Work,
)
from .ports import Engine
from .problems import NoEngine
from .queries import alterations, by_ids, counts

__all__ = [
    "MOST_ATTEMPTS",
    "Alteration",
    "AlterationId",
    "AlterationState",
    "Altered",
    "Engine",
    "NewAlteration",
    "NoEngine",
    "Outcome",
    "Picture",
    "PictureAltered",
    "Taken",
    "Trouble",
    "Untouched",
    "Work",
    "alter",
    "alterations",
    "by_ids",
    "counts",
    "record",
    "take",
]
