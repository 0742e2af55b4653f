"""The statements of what is kept with parcels."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import text

from entrepot.contexts.catalog import SkuId
from entrepot.contexts.logistics.enclosed import Bundle, CustomsItem, Invoice, Proof, ProofKind
from entrepot.contexts.logistics.model import ParcelId
from entrepot.contexts.orders import GroupId, OrderId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.tx import Tx

ADD_PROOFS = text(
    "insert into logistics.proofs (parcel_id, kind, url, file_id, at)"
    " select * from unnest(cast(:parcels as bigint[]), cast(:kinds as text[]),"
    " cast(:urls as text[]), cast(:files as bigint[]), cast(:times as timestamptz[]))"
)
PROOFS = text(
    "select parcel_id, kind, url, file_id, at from logistics.proofs"
    " where parcel_id = any(cast(:ids as bigint[])) order by parcel_id, id"
)
ERASE_PROOFS = text(
    "delete from logistics.proofs p using logistics.parcels w"
    " where w.id = p.parcel_id and w.group_id = any(cast(:groups as bigint[])) returning p.file_id"
)
KEEP_INVOICE = text(
    "insert into logistics.invoices"
    " (parcel_id, merchant_id, order_ids, state, reason, sha256, size_bytes, at)"
    " values (:parcel, :merchant, cast(:orders as bigint[]), :state, :reason, :sha256, :size, :at)"
    " on conflict (parcel_id) do update set order_ids = excluded.order_ids,"
    " state = excluded.state, reason = excluded.reason, sha256 = excluded.sha256,"
    " size_bytes = excluded.size_bytes, at = excluded.at"
)
DROP_CUSTOMS = text(
    "delete from logistics.customs_items c using unnest("
    " cast(:orders as bigint[]), cast(:pos as smallint[])) as l (order_id, pos)"
    " where c.order_id = l.order_id and c.pos = l.pos"
)
ADD_CUSTOMS = text(
    "insert into logistics.customs_items"
    " (order_id, pos, sku_id, quantity, price_percent, told_at)"
    " select i.*, :at from unnest(cast(:orders as bigint[]), cast(:pos as smallint[]),"
    " cast(:skus as bigint[]), cast(:quantities as int[]), cast(:percents as int[])) as i"
)
CUSTOMS = text(
    "select order_id, pos, sku_id, quantity, price_percent from logistics.customs_items"
    " where order_id = any(cast(:ids as bigint[])) order by order_id, pos, sku_id"
)
ADD_BUNDLE = text(
    "insert into logistics.bundles"
    " (id, merchant_id, handover, carrier, tracking_number, phone_end, created_at)"
    " values (:id, :merchant, :handover, :carrier, :number, :phone_end, :at)"
    " on conflict do nothing returning id"
)
BUNDLE = text(
    "insert into logistics.bundled (parcel_id, bundle_id)"
    " select w.id, :bundle from unnest(cast(:parcels as bigint[])) as w (id)"
)
BUNDLED = text(
    "select parcel_id from logistics.bundled where parcel_id = any(cast(:ids as bigint[]))"
)


def add_proofs(tx: Tx, proofs: Sequence[Proof]) -> None:
    """Keep proofs beside those that are there."""
    if not proofs:
        return
    columns = {
        "parcels": [int(proof.parcel_id) for proof in proofs],
        "kinds": [proof.kind.value for proof in proofs],
        "urls": [proof.url for proof in proofs],
        "files": [proof.file_id for proof in proofs],
        "times": [proof.at for proof in proofs],
    }
    tx.sql.execute(ADD_PROOFS, columns)


def proofs(tx: Tx, ids: Collection[ParcelId]) -> list[Proof]:
    """By parcel, in the order in which they came."""
    return [
        Proof(
            parcel_id=ParcelId(row.parcel_id),
            kind=ProofKind(row.kind),
            url=row.url,
            file_id=row.file_id,
            at=row.at,
        )
        for row in tx.sql.execute(PROOFS, {"ids": [int(id) for id in ids]})
    ]


def erase_proofs(tx: Tx, groups: Collection[GroupId]) -> list[int]:
    asked = {"groups": [int(id) for id in groups]}
    return [id for id in tx.sql.scalars(ERASE_PROOFS, asked) if id is not None]


def keep_invoice(tx: Tx, invoice: Invoice, merchant_id: OrganisationId) -> None:
    """The last one of a parcel counts."""
    columns = {
        "parcel": int(invoice.parcel_id),
        "merchant": int(merchant_id),
        "orders": [int(id) for id in invoice.order_ids],
        "state": invoice.state.value,
        "reason": invoice.reason,
        "sha256": invoice.sha256,
        "size": invoice.size_bytes,
        "at": invoice.at,
    }
    tx.sql.execute(KEEP_INVOICE, columns)


def replace_customs(tx: Tx, items: Sequence[CustomsItem], at: datetime) -> None:
    """What was told last of a line counts."""
    columns = {
        "orders": [int(item.order_id) for item in items],
        "pos": [item.pos for item in items],
    }
    tx.sql.execute(DROP_CUSTOMS, columns)
    columns |= {
        "skus": [int(item.sku_id) for item in items],
        "quantities": [item.quantity for item in items],
        "percents": [item.price_percent for item in items],
    }
    tx.sql.execute(ADD_CUSTOMS, {**columns, "at": at})


def customs(tx: Tx, ids: Collection[OrderId]) -> list[CustomsItem]:
    """By order, line and SKU."""
    return [
        CustomsItem(
            order_id=OrderId(row.order_id),
            pos=row.pos,
            sku_id=SkuId(row.sku_id),
            quantity=row.quantity,
            price_percent=row.price_percent,
        )
        for row in tx.sql.execute(CUSTOMS, {"ids": [int(id) for id in ids]})
    ]


def bundled(tx: Tx, ids: Collection[ParcelId]) -> set[ParcelId]:
    """Which of these parcels are in a bundle already."""
    return {ParcelId(id) for id in tx.sql.scalars(BUNDLED, {"ids": [int(id) for id in ids]})}


def add_bundle(tx: Tx, bundle: Bundle, parcel_ids: Collection[ParcelId]) -> bool:
    """Write a bundle; not if its number is another one's."""
    columns = {
        "id": int(bundle.id),
        "merchant": int(bundle.merchant_id),
        "handover": bundle.handover.value,
        "carrier": bundle.carrier,
        "number": bundle.tracking_number,
        "phone_end": bundle.phone_end,
        "at": bundle.created_at,
    }
    if tx.sql.execute(ADD_BUNDLE, columns).first() is None:
        return False
    ids = [int(id) for id in parcel_ids]
    tx.sql.execute(BUNDLE, {"bundle": int(bundle.id), "parcels": ids})
    return True
