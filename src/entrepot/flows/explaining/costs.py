"""Why a seller got or owes more than the shares of its sales: what cases cost beside refunds."""

from collections.abc import Sequence

from entrepot.contexts import aftersales
from entrepot.contexts.aftersales import Bearer, Case
from entrepot.contexts.orders import Order
from entrepot.contexts.settlement import Claim
from entrepot.flows import money
from entrepot.kernel.money import share
from entrepot.kernel.tx import Tx
from entrepot.rulebook import AftersaleCosts, version

from .model import Rule, Step, amount, percent

LOST = {f"{money.REFUND}_{money.SALE}", f"{money.REFUND}_{money.SUPPLY}"}


def beside_refunds(tx: Tx, order: Order, claims: Sequence[Claim]) -> list[Step]:
    """Compensations from what was lost, and ways back from their cases."""
    ways = [claim for claim in claims if claim.kind == money.RETURN_SHIPPING]
    cases = {int(case.id): case for case in aftersales.cases_of_orders(tx, [order.id])}
    made_up = [claim for claim in claims if claim.kind == money.COMPENSATION]
    return [
        *(_compensation(tx, order, claim, claims) for claim in made_up),
        *(_way_back(tx, claim, cases[claim.source_id]) for claim in ways),
    ]


def _compensation(tx: Tx, order: Order, claim: Claim, claims: Sequence[Claim]) -> Step:
    whose = (claim.source_id, claim.pos, claim.payee_id)
    lost = -sum(
        one.amount.minor
        for one in claims
        if one.kind in LOST and (one.source_id, one.pos, one.payee_id) == whose
    )
    rule = version(tx, claim.rules[0])
    row: AftersaleCosts = rule.row({"mode": order.mode, "seller_type": order.seller_type})
    currency = claim.amount.currency
    return Step(
        what=f"line {claim.pos}: compensation of refund {claim.source_id}",
        stored=amount(claim.amount.minor, currency),
        recomputed=amount(share(lost, row.compensated_bp, 10_000), currency),
        formula=f"{percent(row.compensated_bp * 100)} of {amount(lost, currency)}, which the"
        " seller lost by a refund without return that it was not at fault for",
        rule=Rule.of(tx, rule.ref),
    )


def _way_back(tx: Tx, claim: Claim, case: Case) -> Step:
    owed = case.way_back_bearer is Bearer.PLATFORM
    minor = case.way_back_minor if owed else -case.way_back_minor
    return Step(
        what=f"line {claim.pos}: way back of case {case.id}",
        stored=amount(claim.amount.minor, claim.amount.currency),
        recomputed=amount(minor, case.currency),
        formula=f"what a way back costs, borne by the {case.way_back_bearer}",
        rule=Rule.of(tx, claim.rules[0]),
    )
