"""What can be done after a sale."""

from .cases import advance, open_cases, pay_instead, step
from .evidence import add_evidence, give_labels
from .refunds import link_refunds, pay_refunds, record

__all__ = [
    "add_evidence",
    "advance",
    "give_labels",
    "link_refunds",
    "open_cases",
    "pay_instead",
    "pay_refunds",
    "record",
    "step",
]
