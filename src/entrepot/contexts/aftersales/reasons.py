"""What reasons there are: dated rules, by market and by what is asked."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from entrepot.kernel.problems import BadInput, Problem
from entrepot.kernel.tx import Tx
from entrepot.rulebook import AftersaleReason, Market
from entrepot.rulebook import of as rules_of

from .cases import Case, Kind
from .lifecycle import Role


class Use(StrEnum):
    """What a reason is given for."""

    REQUEST = "request"
    REFUSE = "refuse"
    REFUSE_RECEIPT = "refuse_receipt"
    CANCEL = "cancel"
    REFUSE_CANCEL = "refuse_cancel"


def reasons(
    tx: Tx, market: str, at: datetime, use: Use, kind: Kind | None = None
) -> list[AftersaleReason]:
    """The reasons that hold in a market at an instant, in the order in which they are shown."""
    book = rules_of(tx)
    day = book.on(Market, market, at.date()).row({}).day_of(at)
    return book.on(AftersaleReason, market, day).each({"use": use, "kind": kind}, by="code")


def for_role(found: Sequence[AftersaleReason], role: Role) -> list[AftersaleReason]:
    """Those among reasons that one side can give."""
    side = "buyer" if role is Role.BUYER else "merchant"
    return [row for row in found if row.given_by in {"both", side}]


def known(tx: Tx, case: Case, use: Use, code: str) -> Problem | None:
    """Why a code is no reason in this case, if it is none."""
    codes = [row.code for row in reasons(tx, case.market, case.opened_at, use, case.kind)]
    return None if code in codes else BadInput("reason", f"one of {', '.join(codes)}")
