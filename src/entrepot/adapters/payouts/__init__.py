"""Ways on which payouts reach payees.

The sandbox answers by the number of the account. Files go to the operator's bank: SEPA credit
transfers (`pain.001`) where the currency is EUR, CSV otherwise. `ByMethod` sends each payout by
the method of its account.
"""

from .folder import Folder
from .listing import Listing
from .routing import ByMethod
from .sandbox import Sandbox
from .sepa import Payer, Sepa

__all__ = ["ByMethod", "Folder", "Listing", "Payer", "Sandbox", "Sepa"]
