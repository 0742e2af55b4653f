"""How alterations of pictures are called in the dialect: its states, and its reasons."""

from entrepot.contexts import catalog

State = catalog.pictures.AlterationState

OPTIMISED = {
    State.DONE: "SUCCESS",
    State.FAILED: "PROCESSING",  # The next call begins again.
    State.UNCHANGED: "IGNORE",
    State.WAITING: "PROCESSING",
}
TRANSLATED = {
    State.DONE: "COMPLETED",
    State.FAILED: "FAILED",
    State.UNCHANGED: "FAILED",
    State.WAITING: "PROCESSING",
}
NOT_TRANSLATED = {
    State.FAILED: ("Internal processing error, please try calling this endpoint again."),
    State.UNCHANGED: ("This image can't be translated. Try a different image."),
}
