"""What stands on the papers of a parcel, read for whoever was let in."""

from collections.abc import Mapping

from entrepot.contexts import logistics, merchants, orders
from entrepot.contexts.logistics import Parcel
from entrepot.contexts.orders import Recipient
from entrepot.kernel.problems import NotFound, each
from entrepot.kernel.tx import Tx

from .model import Item, Paper

PARTS = (
    "street",
    "line1",
    "line2",
    "extra",
    "district",
    "city",
    "region",
    "postal_code",
    "country",
)


def gather(tx: Tx, parcel: Parcel) -> Paper:
    """The paper of a labelled parcel; none while nobody knows who brings it."""
    if parcel.carrier is None or parcel.tracking_number is None:
        raise NotFound("label of parcel", parcel.id)
    heads = each(orders.by_ids(tx, parcel.order_ids))
    recipient = orders.recipients(tx, heads).get(parcel.group_id)
    known = logistics.carriers(tx, parcel.market).get(parcel.carrier)
    shop = merchants.shops(tx, [parcel.shop_id])[parcel.shop_id]
    return Paper(
        parcel_id=str(int(parcel.id)),
        carrier=parcel.carrier if known is None else known.name,
        tracking_number=parcel.tracking_number,
        order_ids=tuple(str(int(id)) for id in parcel.order_ids),
        sender=(shop.name, parcel.market.upper()),
        recipient=_lines(recipient),
        items=_items(tx, parcel),
        packed_on=f"{parcel.labelled_at or parcel.created_at:%Y-%m-%d}",
        weight_g=parcel.size.weight_g,
    )


def _lines(recipient: Recipient | None) -> tuple[str, ...]:
    if recipient is None:
        return ()
    address: Mapping[str, str] = recipient.address
    parts = [address[name] for name in PARTS if address.get(name)]
    return tuple(line for line in (recipient.name, *parts, recipient.phone) if line)


def _items(tx: Tx, parcel: Parcel) -> tuple[Item, ...]:
    lines = {(line.order_id, line.pos): line for line in orders.lines(tx, parcel.order_ids)}
    return tuple(
        Item(
            title=lines[one.order_id, one.pos].title,
            sku=str(int(lines[one.order_id, one.pos].sku_id)),
            quantity=one.quantity,
        )
        for one in parcel.lines
    )
