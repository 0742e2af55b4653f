"""Stock that is gone, or there again: what the platform had bought moves its books at cost."""

from sqlalchemy import text

from entrepot.contexts import inventory
from entrepot.contexts.inventory import Adjusted, Adjustment, Position, Reason, StockHeld
from entrepot.contexts.ledger import Purpose
from entrepot.flows import adjusting
from entrepot.kernel.access import Actor, Grant, platform
from entrepot.kernel.money import Currency
from entrepot.kernel.problems import BadInput, Forbidden, Problem, only
from tests import filling
from tests.living import Life

AT_COST = text("select coalesce(sum(remaining * unit_cost_minor), 0) from inventory.layers")
ENTRIES = text("select count(*) from ledger.entries")


def stocked(
    life: Life, mode: str = "full-managed-direct-purchase"
) -> tuple[filling.Shop, Position]:
    """Ten units at 40.00, and, where the platform buys, as many more at 50.00."""
    shop = filling.shop(life.work, mode, stock=10)
    [position] = life.do(lambda tx: inventory.positions_of(tx, shop.skus))
    if position.currency is not None:
        more = Adjustment(
            position_id=position.id, change=10, reason=Reason.FOUND, unit_cost_minor=5_000
        )
        adjusted(life, more)
    return shop, position


def adjusted(life: Life, wish: Adjustment) -> Adjusted:
    return life.do(lambda tx: only(adjusting.adjust(tx, [wish])))


def refused(life: Life, wish: Adjustment, actor: Actor | None = None) -> Problem:
    """The refusal; nothing of it is in the ledger."""
    before = life.do(lambda tx: tx.sql.scalar(ENTRIES))
    asks = platform("test") if actor is None else actor
    [outcome] = life.work.run(lambda _: asks, "test", lambda tx: adjusting.adjust(tx, [wish]))
    assert isinstance(outcome, Problem)
    assert life.do(lambda tx: tx.sql.scalar(ENTRIES)) == before
    return outcome


def agree(life: Life) -> None:
    """The account of stock at cost is the layers that are left."""
    at_cost = life.do(lambda tx: tx.sql.scalar(AT_COST))
    assert life.balance(Purpose.INVENTORY) == at_cost
    life.check()


def test_what_is_lost_goes_at_the_cost_of_the_oldest(life: Life) -> None:
    shop, position = stocked(life)
    agree(life)
    assert life.balance(Purpose.STOCK_LOSS) == -50_000  # Found: ten at 50.00.

    done = adjusted(life, Adjustment(position_id=position.id, change=-12, reason=Reason.DAMAGED))

    assert (done.on_hand, done.cost) == (8, inventory.Cost(-50_000, Currency.USD))
    assert life.balance(Purpose.STOCK_LOSS) == -50_000 + 10 * 4_000 + 2 * 5_000
    assert life.balance(Purpose.INVENTORY) == 8 * 5_000
    agree(life)
    [order] = life.buy({shop.skus[0]: 3})
    life.on(1)
    life.deliver(life.hand_over(order))
    assert life.balance(Purpose.COST_OF_GOODS) == 3 * 5_000, "the dear ones are what is left"
    agree(life)
    life.explained([order])


def test_the_supplier_is_owed_what_was_accepted_all_the_same(life: Life) -> None:
    shop, position = stocked(life)
    owed = life.balance(Purpose.ON_HOLD, shop.supplier_id)

    adjusted(life, Adjustment(position_id=position.id, change=-5, reason=Reason.LOST))
    back = refused(
        life,
        Adjustment(position_id=position.id, change=-1, reason=Reason.RETURNED_TO_SUPPLIER),
    )

    assert owed == life.balance(Purpose.ON_HOLD, shop.supplier_id) == -40_000
    assert isinstance(back, BadInput)
    agree(life)


def test_what_is_reserved_stays(life: Life) -> None:
    shop, position = stocked(life)
    life.buy({shop.skus[0]: 15})
    problem = refused(life, Adjustment(position_id=position.id, change=-6, reason=Reason.LOST))

    assert isinstance(problem, StockHeld) and problem.members["free"] == 5
    agree(life)


def test_whoever_only_keeps_the_goods_writes_nothing_off(life: Life) -> None:
    shop, position = stocked(life)
    keeper = Actor(
        "person:1",
        frozenset({Grant("stock:read"), Grant("stock:edit", shop.supplier_id)}),
    )
    wish = Adjustment(position_id=position.id, change=-1, reason=Reason.LOST)

    assert isinstance(refused(life, wish, keeper), Forbidden)


def test_consigned_goods_are_their_owners_loss(life: Life) -> None:
    _, position = stocked(life, "full-managed-consignment")
    before = life.do(lambda tx: tx.sql.scalar(ENTRIES))
    done = adjusted(life, Adjustment(position_id=position.id, change=-4, reason=Reason.LOST))

    assert (done.on_hand, done.cost) == (6, None)
    assert life.do(lambda tx: tx.sql.scalar(ENTRIES)) == before
    agree(life)


def test_many_at_once_each_with_its_own_outcome(life: Life) -> None:
    _, position = stocked(life)
    changes = (-3, -100, 0, -3)
    wishes = [
        Adjustment(position_id=position.id, change=change, reason=Reason.COUNTED)
        for change in changes
    ]
    outcomes = life.do(lambda tx: adjusting.adjust(tx, wishes))

    assert [isinstance(one, Adjusted) for one in outcomes] == [True, False, False, True]
    assert life.balance(Purpose.STOCK_LOSS) == -50_000 + 6 * 4_000
    agree(life)
