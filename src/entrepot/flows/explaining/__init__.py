"""Why an order, a statement or a payout came out as it did, computed again from what was stored.

Every amount is recomputed from stored inputs and the stored text of the rules that decided it, and
shown with its formula, rule file, first day and source. A difference is never passed over: the
explanation says which amounts do not agree.
"""

from .model import Explanation, Step
from .orders import explain_order
from .statements import explain_payout, explain_statement

__all__ = ["Explanation", "Step", "explain_order", "explain_payout", "explain_statement"]
