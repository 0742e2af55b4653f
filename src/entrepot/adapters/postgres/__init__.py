"""PostgreSQL: the embedded server, and pools of connections to any server.

The embedded server belongs to a home folder. Every process that opens it holds a shared lock for as
long as it uses it; the last one out stops the server. A process that was killed loses its lock by
that, and a server that was killed is started again by whoever notices first.
"""

from .embedded import APP, DATABASE, OWNER, Embedded, prepare
from .engines import Engine, engines
from .pool import engine_of
from .troubles import DatabaseTrouble
from .watch import Watch

__all__ = [
    "APP",
    "DATABASE",
    "OWNER",
    "DatabaseTrouble",
    "Embedded",
    "Engine",
    "Watch",
    "engine_of",
    "engines",
    "prepare",
]
