"""Aftersales: what goes back to buyers after hand-over, who asks for it, and how it is decided.

A case asks for money, for money against goods, or for other goods. Each side has a clock; silence
is decided against the silent one, as dated rules say. While a case is open its order's claims stay
off statements; a ruling of the operator is final. A refund is recorded once and never edited: each
of its lines keeps the running total of the order line before and after it, so that whatever is
reversed in steps is reversed to the unit. Money itself is moved by `payments`, and what is owed
stands in the ledger.
"""

from .access import (
    Permission,
    acts_as,
    cases_visible_to,
    visible_to,
)
from .actions import (
    add_evidence,
    advance,
    erase_buyers,
    give_labels,
    keep_evidence,
    link_refunds,
    open_cases,
    pay_instead,
    pay_refunds,
    record,
    step,
)
from .cases import (
    Bearer,
    Case,
    CaseFilter,
    CaseId,
    CaseLine,
    CaseStep,
    Evidence,
    Grade,
    Kind,
    Label,
    NewCase,
    Record,
    Ruling,
    Standing,
)
from .costs import costs
from .events import (
    CaseMoved,
    EvidenceAdded,
    RefundRecorded,
)
from .lifecycle import (
    CASE,
    OPEN,
    Role,
    State,
    Verb,
    may,
)
from .model import (
    NewRefund,
    Reason,
    Refund,
    RefundId,
    RefundLine,
)
from .problems import (
    CaseNotFound,
    NotEligible,
    NotYourTurn,
)
from .queries import (
    by_ids,
    case_page,
    cases,
    cases_for_flows,
    cases_of_orders,
    count_cases,
    due_cases,
    evidence_of,
    next_case_due_at,
    of_orders,
    page,
    records,
)
from .reasons import (
    Use,
    for_role,
    reasons,
)
from .timers import (
    by_itself,
    timers,
)

__all__ = [
    "CASE",
    "OPEN",
    "Bearer",
    "Case",
    "CaseFilter",
    "CaseId",
    "CaseLine",
    "CaseMoved",
    "CaseNotFound",
    "CaseStep",
    "Evidence",
    "EvidenceAdded",
    "Grade",
    "Kind",
    "Label",
    "NewCase",
    "NewRefund",
    "NotEligible",
    "NotYourTurn",
    "Permission",
    "Reason",
    "Record",
    "Refund",
    "RefundId",
    "RefundLine",
    "RefundRecorded",
    "Role",
    "Ruling",
    "Standing",
    "State",
    "Use",
    "Verb",
    "acts_as",
    "add_evidence",
    "advance",
    "by_ids",
    "by_itself",
    "case_page",
    "cases",
    "cases_for_flows",
    "cases_of_orders",
    "cases_visible_to",
    "costs",
    "count_cases",
    "due_cases",
    "erase_buyers",
    "evidence_of",
    "for_role",
    "give_labels",
    "keep_evidence",
    "link_refunds",
    "may",
    "next_case_due_at",
    "of_orders",
    "open_cases",
    "page",
    "pay_instead",
    "pay_refunds",
    "reasons",
    "record",
    "records",
    "step",
    "timers",
    "visible_to",
]
