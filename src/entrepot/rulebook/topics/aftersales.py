"""The clocks of aftersales cases, the reasons that sides can give, and who bears the costs."""

from typing import ClassVar, Literal

from entrepot.rulebook.rows import RuleRow, Selector


class AftersaleTimers(RuleRow):
    """How long each side has before it is decided without it."""

    topic: ClassVar[str] = "aftersales"

    window_days: int  # Market days after delivery on which a case can be opened.
    answer_h: int  # The merchant answers a request, else it is decided for the buyer.
    cancel_answer_h: int  # The same for the wish to cancel what is not handed over yet.
    respond_h: int  # The buyer answers an offer, else it counts as declined.
    escalate_h: int  # The buyer takes a refusal to the operator, else the case is closed.
    ship_back_days: int  # The buyer sends the goods back, else the case is closed.
    receive_days: int  # The merchant judges what came back, else it counts as received.
    evidence_days: int  # Both sides can add evidence to an arbitration.
    most_cases: int  # Cases of one line of an order.


class AftersaleCosts(RuleRow):
    """Who bears what a case costs beside the refund itself."""

    topic: ClassVar[str] = "aftersale_costs"

    way_back_minor: int  # What a way back costs for which the seller of record gave a label.
    # Who bears it when the reason is not the seller's fault; else `return_cost_bearer` of the mode.
    way_back_bearer: Literal["buyer", "merchant", "platform"]
    # Whose decisions the platform answers for when a refund without return was not the seller's
    # fault: an arbitration's, an operator's in the merchant's place, a clock's that ran out.
    compensates: tuple[Literal["ruling", "operator", "clock"], ...]
    compensated_bp: int  # How much of what the seller lost by the refund.


class AftersaleReason(RuleRow):
    """A reason for a wish or a refusal, in two languages, and what follows from it."""

    topic: ClassVar[str] = "aftersale_reasons"
    selectors: ClassVar[tuple[Selector, ...]] = RuleRow.selecting(
        Selector("use"), Selector("kind"), Selector("code")
    )

    use: Literal["request", "refuse", "refuse_receipt", "cancel", "refuse_cancel"]
    kind: Literal["refund", "return_and_refund", "replacement"] | None = None
    code: str
    en: str
    zh: str
    refund_as: str = "goodwill"  # The refund's own reason.
    given_by: Literal["buyer", "merchant", "both"] = "both"
    seller_fault: bool = False  # Counts against the shop.

    def text(self, locale: str) -> str:
        """As people read it; Chinese for every `zh` locale, else English."""
        return self.zh if locale.lower().startswith("zh") else self.en
