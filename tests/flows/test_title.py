"""Whose loss goods are that a carrier loses: the flag says it, and the books agree."""

import pytest

from entrepot.contexts import inventory
from entrepot.contexts.ledger import Purpose
from entrepot.flows import shipping
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.problems import only
from entrepot.rulebook import Mode
from entrepot.rulebook import of as rules_of
from tests import filling
from tests.living import Life

MODES = (
    "full-managed-consignment",
    "full-managed-direct-purchase",
    "self-operated",
    "semi-managed",
)


def earned(life: Life, payee: OrganisationId) -> int:
    """What a payee has in all: waiting, held, to be paid out."""
    purposes = (Purpose.PENDING, Purpose.ON_HOLD, Purpose.AVAILABLE, Purpose.RESERVE)
    return sum(life.balance(purpose, payee) for purpose in purposes)


@pytest.mark.parametrize("mode", MODES)
def test_lost_goods_are_the_loss_of_who_holds_title(life: Life, mode: str) -> None:
    shop = filling.shop(life.work, mode, price_minor=10_000)
    flags = life.do(lambda tx: rules_of(tx).on(Mode, "us", tx.now.date()).row({"mode": mode}))
    before = earned(life, shop.supplier_id)
    [order] = life.buy({shop.skus[0]: 2})
    life.on(1)
    parcel = life.hand_over(order)

    life.do(lambda tx: only(shipping.lose(tx, [shipping.Arrival(parcel_id=parcel.id)])))
    life.pay_back()

    books = (Purpose.COST_OF_GOODS, Purpose.STOCK_LOSS)
    lost_by_platform = sum(life.balance(purpose) for purpose in books)
    paid = earned(life, shop.supplier_id) - before
    [position] = life.do(lambda tx: inventory.positions_of(tx, shop.skus))
    assert position.on_hand == 98
    assert (lost_by_platform, paid) == (8_000 if flags.title_holder == "platform" else 0, 0)
    life.check()
