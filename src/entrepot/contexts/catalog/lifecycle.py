"""How a listing comes and goes."""

from collections.abc import Mapping
from enum import StrEnum

from entrepot.kernel.lifecycle import Lifecycle


class State(StrEnum):
    """As the TikTok Shop API calls them."""

    ACTIVATE = "activate"
    DELETED = "deleted"
    DRAFT = "draft"
    FAILED = "failed"
    FREEZE = "freeze"
    PENDING = "pending"
    PLATFORM_DEACTIVATED = "platform_deactivated"
    SELLER_DEACTIVATED = "seller_deactivated"


class Verb(StrEnum):
    APPEAL = "appeal"
    APPROVE = "approve"
    DEACTIVATE = "deactivate"
    DELETE = "delete"
    FREEZE = "freeze"
    REACTIVATE = "reactivate"
    RECOVER = "recover"
    REINSTATE = "reinstate"
    REJECT = "reject"
    SUBMIT = "submit"
    TAKE_DOWN = "take_down"


# What the platform decides as the one who audits; all else is the content owner's.
AUDITS = {Verb.APPROVE, Verb.FREEZE, Verb.REINSTATE, Verb.REJECT, Verb.TAKE_DOWN}

DELETE: Mapping[Verb, State] = {Verb.DELETE: State.DELETED}
STOP: Mapping[Verb, State] = {
    Verb.TAKE_DOWN: State.PLATFORM_DEACTIVATED,
    Verb.FREEZE: State.FREEZE,
    **DELETE,
}
CORRECT: Mapping[Verb, State] = {
    Verb.APPEAL: State.PENDING,
    Verb.REINSTATE: State.ACTIVATE,
    **DELETE,
}

LISTING: Lifecycle[State, Verb] = Lifecycle(
    initial=State.DRAFT,
    moves={
        State.DRAFT: {Verb.SUBMIT: State.PENDING, **DELETE},
        State.PENDING: {Verb.APPROVE: State.ACTIVATE, Verb.REJECT: State.FAILED, **DELETE},
        State.FAILED: {Verb.SUBMIT: State.PENDING, Verb.APPEAL: State.PENDING, **DELETE},
        State.ACTIVATE: {Verb.DEACTIVATE: State.SELLER_DEACTIVATED, **STOP},
        State.SELLER_DEACTIVATED: {Verb.REACTIVATE: State.ACTIVATE, **STOP},
        State.PLATFORM_DEACTIVATED: {**CORRECT, Verb.FREEZE: State.FREEZE},
        State.FREEZE: {**CORRECT},
        State.DELETED: {Verb.RECOVER: State.DRAFT},  # It is audited again, whatever it was.
    },
)

# Where an edit of audited fields changes the listing, and where it makes a shadow version.
EDITED_IN_PLACE = {State.DRAFT, State.FAILED, State.PLATFORM_DEACTIVATED}
EDITED_AS_SHADOW = {State.ACTIVATE, State.SELLER_DEACTIVATED}
