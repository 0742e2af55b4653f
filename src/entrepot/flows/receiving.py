"""Goods that suppliers send: accepted ones are stock, and owed for where the platform buys them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from entrepot.contexts import inventory, ledger, settlement, sourcing
from entrepot.contexts.catalog import SkuId
from entrepot.contexts.sourcing import Basis, Supply
from entrepot.kernel.problems import BadInput, Problem
from entrepot.kernel.tx import Tx
from entrepot.rulebook import Market, MarketNotOpen
from entrepot.rulebook import of as rules_of

from . import money


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Goods at a warehouse; market and terms are those of the supply agreement."""

    receipt: inventory.NewReceipt
    market: str
    terms_days: int | None = None


def receive_as_agreed(tx: Tx, arrivals: Sequence[Arrival]) -> list[inventory.Receipt | Problem]:
    """Take goods in; what they cost, whom and when, is what was agreed for that day."""
    refused = inventory.receipt_refusals(tx, [arrival.receipt for arrival in arrivals])
    agreed = [refusal or one for refusal, one in zip(refused, _agreed(tx, arrivals), strict=True)]
    received = iter(receive(tx, [one for one in agreed if isinstance(one, Arrival)]))
    return [one if isinstance(one, Problem) else next(received) for one in agreed]


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


def _agreed(tx: Tx, arrivals: Sequence[Arrival]) -> list[Arrival | Problem]:
    book = rules_of(tx)
    supplies: dict[str, dict[SkuId, Supply] | Problem] = {}
    for market in {arrival.market for arrival in arrivals}:
        skus = {one.receipt.sku_id for one in arrivals if one.market == market}
        try:
            day = book.on(Market, market, tx.now.date()).row({}).day_of(tx.now)
        except MarketNotOpen as refusal:
            supplies[market] = refusal
        else:
            supplies[market] = sourcing.supply(tx, market, skus, day)
    return [_as_agreed(arrival, supplies[arrival.market]) for arrival in arrivals]


def _as_agreed(arrival: Arrival, supplied: dict[SkuId, Supply] | Problem) -> Arrival | Problem:
    if isinstance(supplied, Problem):
        return supplied
    receipt, supply = arrival.receipt, supplied.get(arrival.receipt.sku_id)
    bought = receipt.owner_id == inventory.PLATFORM
    if supply is None:
        return BadInput("sku_id", "goods with a supply agreement") if bought else arrival
    if bought is not (supply.basis is Basis.ON_RECEIPT):
        return BadInput("owner_id", f"whose they are if they cost the {supply.basis}")
    kept = replace(receipt, agreement_id=int(supply.agreement_id))
    if not bought:
        return replace(arrival, receipt=kept)
    cost = replace(
        kept,
        unit_cost_minor=supply.unit_minor,
        currency=supply.currency,
        supplier_id=supply.supplier_id,
    )
    return replace(arrival, receipt=cost, terms_days=supply.terms_days)
