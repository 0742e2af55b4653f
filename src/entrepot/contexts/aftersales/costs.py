"""What a case costs beside its refund, by the rule that held when its order was placed."""

from entrepot.kernel.tx import Tx
from entrepot.rulebook import AftersaleCosts, version

from .cases import Case


def costs(tx: Tx, case: Case) -> AftersaleCosts:
    """Who bears what of a case."""
    row: AftersaleCosts = version(tx, case.costs).row(
        {"mode": case.mode, "seller_type": case.seller_type}
    )
    return row
