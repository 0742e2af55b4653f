"""The dialect's words for kinds, states, sides and decisions, both ways."""

from dataclasses import dataclass

from entrepot.contexts.aftersales import Case, Kind, Role, Ruling, Standing, State, Verb

KINDS = {
    Kind.REFUND: "REFUND",
    Kind.RETURN_AND_REFUND: "RETURN_AND_REFUND",
    Kind.REPLACEMENT: "REPLACEMENT",
}
ROLES = {
    Role.BUYER: "BUYER",
    Role.MERCHANT: "SELLER",
    Role.OPERATOR: "OPERATOR",
    Role.SYSTEM: "SYSTEM",
}
MONEY_KINDS = (Kind.REFUND, Kind.RETURN_AND_REFUND)
REJECTED, RECEIPT_REJECTED = "REFUND_OR_RETURN_REQUEST_REJECT", "REJECT_RECEIVE_PACKAGE"

# For money; a replacement has words of its own at the same steps.
_MONEY: tuple[tuple[str, str, Standing], ...] = (
    (
        "RETURN_OR_REFUND_REQUEST_PENDING",
        "REPLACEMENT_REQUEST_PENDING",
        Standing(state=State.REQUESTED),
    ),
    (REJECTED, "REPLACEMENT_REQUEST_REJECT", Standing(state=State.REFUSED)),
    (REJECTED, "REPLACEMENT_REQUEST_REJECT", Standing(state=State.IN_ARBITRATION, sent=False)),
    (
        "RETURN_OR_REFUND_REQUEST_SUCCESS",
        "REPLACEMENT_REQUEST_REFUND_SUCCESS",
        Standing(state=State.GRANTED),
    ),
    (
        "RETURN_OR_REFUND_REQUEST_COMPLETE",
        "REPLACEMENT_REQUEST_REFUND_SUCCESS",
        Standing(state=State.COMPLETED, refunds=True),
    ),
    (
        "RETURN_OR_REFUND_REQUEST_COMPLETE",
        "REPLACEMENT_REQUEST_COMPLETE",
        Standing(state=State.COMPLETED, refunds=False),
    ),
    (
        "RETURN_OR_REFUND_REQUEST_CANCEL",
        "REPLACEMENT_REQUEST_CANCEL",
        Standing(state=State.CLOSED),
    ),
)


def _of_kind(standing: Standing, kind: Kind) -> Standing:
    return Standing(state=standing.state, kind=kind, refunds=standing.refunds, sent=standing.sent)


STATUSES: tuple[tuple[str, Standing], ...] = (
    ("AWAITING_BUYER_RESPONSE", Standing(state=State.OFFERED)),
    ("AWAITING_BUYER_RESPONSE", Standing(state=State.OFFERED_ON_RECEIPT)),
    ("AWAITING_BUYER_SHIP", Standing(state=State.AWAITING_GOODS)),
    ("BUYER_SHIPPED_ITEM", Standing(state=State.SENT_BACK)),
    (RECEIPT_REJECTED, Standing(state=State.RECEIPT_REFUSED)),
    (RECEIPT_REJECTED, Standing(state=State.IN_ARBITRATION, sent=True)),
    *((word, _of_kind(standing, kind)) for word, _, standing in _MONEY for kind in MONEY_KINDS),
    *((word, _of_kind(standing, Kind.REPLACEMENT)) for _, word, standing in _MONEY),
)
ARBITRATIONS: tuple[tuple[str, Standing], ...] = (
    ("IN_PROGRESS", Standing(state=State.IN_ARBITRATION)),
    ("SUPPORT_BUYER", Standing(ruling=Ruling.SUPPORT_BUYER)),
    ("SUPPORT_SELLER", Standing(ruling=Ruling.SUPPORT_MERCHANT)),
    ("CLOSED", Standing(state=State.CLOSED, unruled=True)),
)
REVIEWS: tuple[tuple[str, Standing], ...] = (
    ("PENDING_REQUEST_REVIEW", Standing(state=State.REQUESTED)),
    ("PENDING_REQUEST_REVIEW", Standing(state=State.OFFERED)),
    *(
        ("REQUEST_REVIEW_COMPLETED", Standing(state=state))
        for state in State
        if state not in {State.REQUESTED, State.OFFERED}
    ),
)
PARCELS: tuple[tuple[str, Standing], ...] = (
    ("AWAITING_BUYER_RETURN", Standing(state=State.AWAITING_GOODS)),
    ("RETURN_IN_TRANSIT", Standing(state=State.SENT_BACK)),
    ("PENDING_PACKAGE_REVIEW", Standing(state=State.OFFERED_ON_RECEIPT)),
    *(
        ("PACKAGE_REVIEW_COMPLETED", Standing(state=state, sent=True))
        for state in State
        if state not in {State.SENT_BACK, State.OFFERED_ON_RECEIPT}
    ),
    *(
        ("INIT", Standing(state=state, sent=False))
        for state in State
        if state is not State.AWAITING_GOODS
    ),
)


def said(words: tuple[tuple[str, Standing], ...], case: Case) -> str | None:
    """The first word that fits a case."""
    return next((word for word, standing in words if standing.fits(case)), None)


def meant(
    words: tuple[tuple[str, Standing], ...], asked: list[str] | None
) -> tuple[Standing, ...] | None:
    """What words that were asked for mean; unknown ones fit nothing, none asked for everything."""
    if not asked:
        return None
    return tuple(standing for word, standing in words if word in asked)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a seller can decide about a case, and the step that it is."""

    word: str
    verb: Verb
    kinds: tuple[Kind, ...]
    states: tuple[State, ...]
    instead: bool = False  # Money in place of a replacement.

    def fits(self, case: Case) -> bool:
        """Whether a case can be decided like this now."""
        return case.kind in self.kinds and case.state in self.states and self.verb in case.verbs()


_ASKED, _BACK = (State.REQUESTED,), (State.SENT_BACK,)
DECISIONS = {
    one.word: one
    for one in (
        Decision("APPROVE_REFUND", Verb.GRANT, (Kind.REFUND,), _ASKED),
        Decision("APPROVE_RETURN", Verb.GRANT_RETURN, (Kind.RETURN_AND_REFUND,), _ASKED),
        Decision("APPROVE_RECEIVED_PACKAGE", Verb.RECEIVE, MONEY_KINDS, _BACK),
        Decision("APPROVE_REPLACEMENT", Verb.GRANT, (Kind.REPLACEMENT,), _ASKED),
        Decision("ISSUE_REPLACEMENT_REFUND", Verb.GRANT, (Kind.REPLACEMENT,), _ASKED, True),
        Decision(
            "DIRECT_REFUND",
            Verb.GRANT,
            (Kind.RETURN_AND_REFUND,),
            (State.REQUESTED, State.AWAITING_GOODS),
        ),
        Decision("OFFER_PARTIAL_REFUND", Verb.OFFER, MONEY_KINDS, _ASKED),
        Decision("OFFER_PARTIAL_REFUND_AFTER_RECEIVING_PKG", Verb.OFFER, MONEY_KINDS, _BACK),
        Decision("REJECT_REFUND", Verb.REFUSE, (Kind.REFUND,), _ASKED),
        Decision("REJECT_RETURN", Verb.REFUSE, (Kind.RETURN_AND_REFUND,), _ASKED),
        Decision("REJECT_REPLACEMENT", Verb.REFUSE, (Kind.REPLACEMENT,), _ASKED),
        Decision("REJECT_RECEIVED_PACKAGE", Verb.REFUSE, MONEY_KINDS, _BACK),
    )
}
CANCEL_DECISIONS = ("APPROVE_REQUEST_CANCEL", "REJECT_REQUEST_CANCEL")
ACTIONS = {
    Kind.REFUND: "SELLER_RESPOND_REFUND",
    Kind.RETURN_AND_REFUND: "SELLER_RESPOND_RETURN",
    Kind.REPLACEMENT: "SELLER_RESPOND_REPLACEMENT",
}


def next_action(case: Case) -> str | None:
    """What the seller has to do before the case's clock runs out."""
    match case.state:
        case State.REQUESTED:
            return ACTIONS[case.kind]
        case State.SENT_BACK:
            return "SELLER_RESPOND_RECEIVE_PACKAGE"
        case _:
            return None
