"""What is kept with parcels. For flows and surfaces that asked whose they are."""

import hashlib
from collections import Counter
from collections.abc import Collection, Sequence
from xml.parsers import expat

from entrepot.contexts.logistics import store
from entrepot.contexts.logistics.enclosed import (
    Bundle,
    BundleId,
    CustomsItem,
    Invoice,
    InvoiceState,
    NewBundle,
    Proof,
)
from entrepot.contexts.logistics.events import InvoiceJudged
from entrepot.contexts.logistics.model import Parcel
from entrepot.contexts.logistics.problems import CannotBundle
from entrepot.contexts.orders import GroupId
from entrepot.kernel.events import emit
from entrepot.kernel.ids import new_ids
from entrepot.kernel.problems import BadInput, Problem
from entrepot.kernel.tx import Tx

MOST_INVOICE = 1_000_000  # Bytes.


def prove(tx: Tx, proofs: Sequence[Proof]) -> None:
    """Keep what shows that parcels arrived."""
    store.add_proofs(tx, proofs)


def erase_proofs(tx: Tx, groups: Collection[GroupId]) -> list[int]:
    """Forget what shows how parcels of checkouts were brought; gives the files to be erased."""
    return store.erase_proofs(tx, groups) if groups else []


def hand_in(tx: Tx, parcel: Parcel, xml: bytes) -> Invoice:
    """Judge a parcel's tax invoice: one that is no XML is kept as rejected, with the reason."""
    reason = _flaw(xml)
    invoice = Invoice(
        parcel_id=parcel.id,
        order_ids=tuple(parcel.order_ids),
        state=InvoiceState.REJECTED if reason else InvoiceState.ACCEPTED,
        reason=reason,
        sha256=hashlib.sha256(xml).digest(),
        size_bytes=len(xml),
        at=tx.now,
    )
    store.keep_invoice(tx, invoice, parcel.merchant_id)
    fact = InvoiceJudged(
        at=tx.now,
        parcel_id=parcel.id,
        merchant_id=parcel.merchant_id,
        shop_id=parcel.shop_id,
        order_ids=parcel.order_ids,
        state=invoice.state,
        reason=reason,
    )
    emit(tx, [fact])
    return invoice


def declare(tx: Tx, items: Sequence[CustomsItem]) -> None:
    """Tell customs what lines consist of; what was told of these lines before counts no more."""
    percents: Counter[tuple[int, int]] = Counter()
    for item in items:
        if item.quantity <= 0 or item.price_percent < 0:
            raise BadInput("item_detail", "at least one unit, and no negative share")
        percents[item.order_id, item.pos] += item.price_percent
    if any(total != 100 for total in percents.values()):
        raise BadInput("price_percent", "the shares of a line add up to 100")
    store.replace_customs(tx, items, tx.now)


def bundle(tx: Tx, wish: NewBundle) -> Bundle | Problem:
    """Send labelled parcels to the platform's warehouse in one piece."""
    if not wish.parcel_ids or store.bundled(tx, wish.parcel_ids):
        return CannotBundle("name parcels that are in no bundle yet")
    [id] = new_ids(tx.sql, BundleId, 1)
    carrier, number = wish.number or (None, None)
    made = Bundle(
        id=id,
        merchant_id=wish.merchant_id,
        handover=wish.handover,
        carrier=carrier,
        tracking_number=number,
        phone_end=wish.phone_end,
        created_at=tx.now,
    )
    if not store.add_bundle(tx, made, wish.parcel_ids):
        return CannotBundle(f"{carrier} {number} is another bundle")
    return made


def _flaw(xml: bytes) -> str:
    """Why bytes are no XML that we take, if they are none. Nothing outside of them is read."""
    if not xml or len(xml) > MOST_INVOICE:
        return f"an invoice has 1 to {MOST_INVOICE} bytes"
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(xml, True)
    except expat.ExpatError:
        return "the file is no XML"
    except _DoctypeError:
        return "the file declares a document type"
    return ""


class _DoctypeError(Exception):
    """Entities could be anything: an invoice needs none."""


def _refuse_doctype(*_: object) -> None:
    raise _DoctypeError
