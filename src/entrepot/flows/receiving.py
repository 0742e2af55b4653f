"""Goods that suppliers send: accepted ones are stock, and owed for where the platform buys them."""

from collections.abc import Sequence
from dataclasses import dataclass

from entrepot.contexts import inventory, ledger, settlement
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx

from . import money


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Goods at a warehouse; market and terms are those of the supply agreement."""

    receipt: inventory.NewReceipt
    market: str
    terms_days: int | None = None


def receive(tx: Tx, arrivals: Sequence[Arrival]) -> list[inventory.Receipt | Problem]:
    """Take goods in. What was bought out is owed to the supplier from the day of the receipt."""
    outcomes = inventory.receive(tx, [arrival.receipt for arrival in arrivals])
    bought = [
        (arrival, receipt, receipt.cost, receipt.wish.supplier_id)
        for arrival, receipt in zip(arrivals, outcomes, strict=True)
        if isinstance(receipt, inventory.Receipt)
    ]
    ledger.post(
        tx,
        [
            made
            for _, receipt, cost, supplier in bought
            if cost is not None and supplier is not None
            for made in money.received(receipt.id, supplier, cost, receipt.received_at)
        ],
    )
    settlement.claim(
        tx,
        [
            money.received_claim(
                receipt.id,
                supplier,
                arrival.market,
                cost,
                (receipt.received_at, arrival.terms_days),
            )
            for arrival, receipt, cost, supplier in bought
            if cost is not None and supplier is not None
        ],
    )
    return outcomes
