"""How long a promotion lives."""

from enum import StrEnum

from entrepot.kernel.lifecycle import Lifecycle


class State(StrEnum):
    ACTIVE = "active"
    ENDED = "ended"
    PAUSED = "paused"


class Verb(StrEnum):
    END = "end"
    PAUSE = "pause"
    RESUME = "resume"


PROMOTION = Lifecycle(
    initial=State.ACTIVE,
    moves={
        State.ACTIVE: {Verb.PAUSE: State.PAUSED, Verb.END: State.ENDED},
        State.PAUSED: {Verb.RESUME: State.ACTIVE, Verb.END: State.ENDED},
        State.ENDED: {},
    },
)
