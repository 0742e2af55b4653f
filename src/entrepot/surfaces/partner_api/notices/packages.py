"""Packages: how they were packed anew, and their invoices."""

from collections.abc import Iterator, Sequence

from entrepot.contexts import logistics
from entrepot.contexts.logistics import Change, InvoiceState
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx

from . import kinds
from .tellers import Notice, Tellers, seconds

tellers = Tellers()
TRIGGERS = {
    Change.SPLIT: ("SPLIT", "ROLE_SELLER"),
    Change.COMBINED: ("COMBINE", "ROLE_SELLER"),
    Change.UNCOMBINED: ("CANCEL_COMBINE", "ROLE_SELLER"),
    Change.REPACKED: ("PARTLY_CANCEL_SPLIT", "ROLE_SYSTEM"),
}
INVOICES = {
    InvoiceState.ACCEPTED.value: {"invoice_status": "SUCCESS"},
    InvoiceState.REJECTED.value: {"invoice_status": "INVALID", "invalid_reason": "FAILED"},
}


@tellers.tell(kinds.PACKAGE, logistics.ParcelsChanged)
def package_update(tx: Tx, facts: Sequence[logistics.ParcelsChanged]) -> Iterator[Notice]:
    """Units lie in other packages than before."""
    told = [fact for fact in facts if fact.change in TRIGGERS]
    ids = sorted({id for fact in told for id in fact.parcel_ids})
    found = [one for one in logistics.by_ids(tx, ids) if not isinstance(one, Problem)]
    holds = {parcel.id: [str(id) for id in parcel.order_ids] for parcel in found}
    for fact in told:
        trigger, role = TRIGGERS[fact.change]
        data = {
            "sc_type": trigger,
            "role_type": role,
            "package_list": [
                {"package_id": str(id), "order_id_list": holds.get(id, [])}
                for id in fact.parcel_ids
            ],
            "update_time": seconds(fact),
        }
        yield Notice(fact=fact, shop_id=fact.shop_id, data=data)


@tellers.tell(kinds.INVOICE, logistics.InvoiceJudged)
def invoice_status(tx: Tx, facts: Sequence[logistics.InvoiceJudged]) -> Iterator[Notice]:
    """A package's invoice was found to be one, or not."""
    for fact in facts:
        data = {
            "package_id": str(fact.parcel_id),
            "order_ids": [str(id) for id in fact.order_ids],
            **INVOICES[fact.state],
        }
        yield Notice(fact=fact, shop_id=fact.shop_id, data=data)
