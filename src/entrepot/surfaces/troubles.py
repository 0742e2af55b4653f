"""What trouble with the database means for who asked: try again, wait, or it is a bug."""

from enum import Enum, auto

from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

LOST_A_FIGHT = {"40001", "40P01"}  # Serialization failure, deadlock.
GOING_DOWN = {"57P01", "57P02", "57P03", "53300"}  # Shut down, crashed, starting, full.
WAITED_TOO_LONG = {"57014", "55P03", "25P03"}  # Statement, lock and idle timeouts.
OUT_OF_ROOM = {"53100", "53200", "58030"}  # Disk and memory full, a disk that fails.


class Trouble(Enum):
    """What can be done about an error."""

    AGAIN = auto()  # The connection was lost, maybe after the commit: the same again.
    WAIT = auto()  # The database is busy with something else, or has no room.
    INPUT = auto()  # A value that the database cannot hold.
    BUG = auto()


def of(error: BaseException) -> Trouble:
    """What kind of trouble an exception tells of."""
    if isinstance(error, PoolTimeout):
        return Trouble.WAIT
    if isinstance(error, DataError | UnicodeEncodeError):
        return Trouble.INPUT
    if not isinstance(error, DBAPIError):
        return Trouble.BUG
    state = getattr(error.orig, "sqlstate", None)
    if state in WAITED_TOO_LONG | OUT_OF_ROOM:
        return Trouble.WAIT
    lost = isinstance(error, OperationalError | InterfaceError) and state is None
    if lost or error.connection_invalidated or state in LOST_A_FIGHT | GOING_DOWN:
        return Trouble.AGAIN
    return Trouble.AGAIN if state is not None and state.startswith("08") else Trouble.BUG
