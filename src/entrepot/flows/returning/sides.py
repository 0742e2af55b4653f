"""Who stands on which side of an order."""

from entrepot.contexts import aftersales, orders
from entrepot.contexts.aftersales import Role
from entrepot.contexts.orders import Order
from entrepot.kernel.access import PersonId
from entrepot.kernel.tx import Tx


def buyer_of(tx: Tx, order: Order) -> PersonId | None:
    """Who bought it, unless it was a guest."""
    return orders.groups(tx, {order.group_id})[order.group_id].buyer_id


def is_on_that_side(tx: Tx, role: Role, order: Order, buyer: PersonId | None) -> bool:
    """Whether this actor may act in a role about an order."""
    match role:
        case Role.BUYER:
            own = tx.actor.in_person is not None and tx.actor.in_person == buyer
            return own or order.group_id in tx.actor.signed or tx.actor.almighty
        case Role.MERCHANT:
            return tx.actor.may(aftersales.Permission.APPROVE, order.merchant_id)
        case _:
            return tx.actor.may(aftersales.Permission.ARBITRATE)
