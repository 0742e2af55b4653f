"""What can be done after a sale."""

from .cases import advance, open_cases, pay_instead, step
from .evidence import add_evidence, erase_buyers, keep_evidence
from .labels import give_labels
from .refunds import link_refunds, pay_refunds, record

__all__ = [
    "add_evidence",
    "advance",
    "erase_buyers",
    "give_labels",
    "keep_evidence",
    "link_refunds",
    "open_cases",
    "pay_instead",
    "pay_refunds",
    "record",
    "step",
]
