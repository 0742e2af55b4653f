"""What logistics refuses."""

from entrepot.kernel.problems import NotFound, Problem


class ParcelNotFound(NotFound):
    slug, title = "parcel-not-found", "There is no such parcel"

    def __init__(self, id: object) -> None:
        super().__init__("parcel", id)


class TrackingNumberTaken(Problem):
    slug, title = "tracking-number-taken", "This tracking number is another parcel's"


class NotPlanned(Problem):
    slug, title = "parcel-not-planned", "The parcel is labelled, sent or given up already"

    def __init__(self, id: object, state: str) -> None:
        super().__init__(f"parcel {id} is {state}", parcel_id=str(id), state=str(state))


class CannotBundle(Problem):
    slug, title = "cannot-bundle", "These parcels cannot go in one piece"


class InvoiceRejected(Problem):
    slug, title = "invoice-rejected", "This is no invoice that can be taken"

    def __init__(self, id: object, reason: str) -> None:
        super().__init__(reason, parcel_id=str(id))
