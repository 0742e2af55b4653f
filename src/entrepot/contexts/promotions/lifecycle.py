"""How long a promotion lives."""

from enum import StrEnum

from entrepot.kernel.lifecycle import Lifecycle


class State(StrEnum):
    ACTIVE = "active"
    ENDED = "ended"
    PAUSED = "paused"
    PROPOSED = "proposed"  # By the platform, to the merchant who shares the cost.


class Verb(StrEnum):
    ACCEPT = "accept"
    END = "end"
    PAUSE = "pause"
    RESUME = "resume"


PROMOTION = Lifecycle(
    initial=State.PROPOSED,
    moves={
        State.PROPOSED: {Verb.ACCEPT: State.ACTIVE, Verb.END: State.ENDED},
        State.ACTIVE: {Verb.PAUSE: State.PAUSED, Verb.END: State.ENDED},
        State.PAUSED: {Verb.RESUME: State.ACTIVE, Verb.END: State.ENDED},
        State.ENDED: {},
    },
)


class Status(StrEnum):
    """How far an activity has come."""

    DRAFT = "draft"
    NOT_STARTED = "not_started"
    ONGOING = "ongoing"
    EXPIRED = "expired"
    DEACTIVATED = "deactivated"


class Turn(StrEnum):
    """What happens to activities; `begin` and `expire` are time's own."""

    PUBLISH = "publish"
    BEGIN = "begin"
    EXPIRE = "expire"
    DEACTIVATE = "deactivate"
    REPUBLISH = "republish"


ACTIVITY = Lifecycle(
    initial=Status.DRAFT,
    moves={
        Status.DRAFT: {Turn.PUBLISH: Status.NOT_STARTED, Turn.EXPIRE: Status.EXPIRED},
        Status.NOT_STARTED: {
            Turn.BEGIN: Status.ONGOING,
            Turn.DEACTIVATE: Status.DEACTIVATED,
        },
        Status.ONGOING: {
            Turn.EXPIRE: Status.EXPIRED,
            Turn.DEACTIVATE: Status.DEACTIVATED,
        },
        Status.EXPIRED: {Turn.REPUBLISH: Status.NOT_STARTED},
        Status.DEACTIVATED: {Turn.REPUBLISH: Status.NOT_STARTED},
    },
)
