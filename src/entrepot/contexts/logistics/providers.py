"""Who brings parcels in a market, and the options that buyers can be promised: dated rules."""

from entrepot.kernel.tx import Tx
from entrepot.rulebook import Carrier, DeliveryOption
from entrepot.rulebook import of as rules_of


def carriers(tx: Tx, market: str) -> dict[str, Carrier]:
    """The carriers of a market today, by key."""
    return {row.key: row for row in rules_of(tx).on(Carrier, market, tx.now.date()).rows}


def carrier_by_id(tx: Tx, market: str, id: int) -> Carrier | None:
    """The carrier that other systems know by a number."""
    return next((row for row in carriers(tx, market).values() if row.id == id), None)


def delivery_options(tx: Tx, market: str) -> dict[str, DeliveryOption]:
    """The delivery options of a market today, the usual one first."""
    found = rules_of(tx).on(DeliveryOption, market, tx.now.date()).rows
    return {row.option: row for row in found}


def delivery_option_by_id(tx: Tx, market: str, id: int) -> DeliveryOption | None:
    """The option that other systems know by a number."""
    return next((row for row in delivery_options(tx, market).values() if row.id == id), None)
