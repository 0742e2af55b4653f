"""The sandbox: a platform to develop against, with people in it.

It is the same platform as in earnest; what is added are those who would be there: a seller who has
let an app in, buyers, a carrier, and whoever makes things go wrong on purpose. All of them act
through doors and flows, so that what an integrator sees is what would have happened.
"""

from . import faults, snapshot
from .buyers import Temper
from .credentials import Credentials
from .faults import Astray, Faults, Faulty
from .opening import begin, begin_again, issued, listens
from .scenarios import SCENARIOS
from .staging import OPERATOR, OWNER, PASSWORD
from .stories import Story
from .town import Pace, Town

__all__ = [
    "OPERATOR",
    "OWNER",
    "PASSWORD",
    "SCENARIOS",
    "Astray",
    "Credentials",
    "Faults",
    "Faulty",
    "Pace",
    "Story",
    "Temper",
    "Town",
    "begin",
    "begin_again",
    "faults",
    "issued",
    "listens",
    "snapshot",
]
