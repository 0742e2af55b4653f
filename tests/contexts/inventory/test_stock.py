"""Goods that arrive, leave, come back and are counted."""

from sqlalchemy import text

from entrepot.contexts import inventory
from entrepot.contexts.catalog import SkuId
from entrepot.contexts.inventory import (
    Adjusted,
    Adjustment,
    Cost,
    NewReceipt,
    NothingHeld,
    NothingToReturn,
    Position,
    Reason,
    Receipt,
    StockHeld,
    Units,
)
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id
from entrepot.kernel.money import Currency
from entrepot.kernel.problems import BadInput, Forbidden, NotFound, Problem, only
from entrepot.kernel.tx import Tx
from tests.contexts.catalog import goods
from tests.contexts.catalog.goods import OPERATOR, by, unit

from .stock import a_sku, counts, facts, location, receipt, received, want

USD = Currency.USD


def units(order: int, quantity: int, pos: int = 1) -> Units:
    return Units(order_id=Id(order), pos=pos, quantity=quantity)


def layers(tx: Tx) -> list[tuple[int, int]]:
    query = text("select remaining, unit_cost_minor from inventory.layers order by id")
    return [(row.remaining, row.unit_cost_minor) for row in tx.sql.execute(query)]


def position(tx: Tx, sku: SkuId) -> Position:
    [found] = inventory.positions_of(tx, [sku])
    return found


def test_a_receipt_is_a_document_and_accepted_goods_are_on_hand(tx: Tx) -> None:
    [sku] = a_sku(tx)
    place = location(tx)
    wishes = [
        receipt(sku, place, 10, cost=250),
        NewReceipt(
            sku_id=sku,
            location_id=place.id,
            owner_id=OrganisationId(77),
            accepted=3,
            rejected=2,
            note="DN-7",
        ),
    ]

    bought, consigned = received(tx, *wishes)

    assert bought.cost == Cost(2_500, USD)
    assert consigned.cost is None and consigned.wish.note == "DN-7"
    assert counts(tx) == [(10, 0), (3, 0)]
    assert layers(tx) == [(10, 250)]
    assert facts(tx) == ["inventory.stock_received"] * 2
    rows = tx.sql.execute(text("select id, accepted, rejected from inventory.receipts order by id"))
    assert [tuple(row) for row in rows] == [(bought.id, 10, 0), (consigned.id, 3, 2)]


def test_two_receipts_of_one_position_add_up(tx: Tx) -> None:
    [sku] = a_sku(tx)
    place = location(tx)

    received(tx, receipt(sku, place, 4, cost=100), receipt(sku, place, 6, cost=120))

    assert counts(tx) == [(10, 0)]
    assert layers(tx) == [(4, 100), (6, 120)]


def test_refused_receipts_change_nothing(tx: Tx) -> None:
    [sku] = a_sku(tx)
    place = location(tx)
    received(tx, receipt(sku, place, 1, cost=100))
    good = receipt(sku, place, 1)
    bad = {
        "sku": NewReceipt(
            sku_id=SkuId(5), location_id=place.id, owner_id=OrganisationId(77), accepted=1
        ),
        "place": NewReceipt(
            sku_id=sku, location_id=inventory.LocationId(5), owner_id=OrganisationId(7), accepted=1
        ),
        "count": receipt(sku, place, 0),
        "cost": NewReceipt(
            sku_id=sku, location_id=place.id, owner_id=inventory.PLATFORM, accepted=1
        ),
        "currency": NewReceipt(
            sku_id=sku,
            location_id=place.id,
            owner_id=inventory.PLATFORM,
            accepted=1,
            unit_cost_minor=5,
            currency=Currency.CNY,
        ),
    }

    outcomes = inventory.receive(unit(tx), [*bad.values(), good])

    assert [type(outcome) for outcome in outcomes] == [
        NotFound, NotFound, BadInput, BadInput, BadInput, Receipt,
    ]  # fmt: skip
    assert counts(tx) == [(1, 0), (1, 0)]


def test_what_leaves_uses_up_the_oldest_layers(tx: Tx) -> None:
    [sku] = a_sku(tx)
    place = location(tx)
    received(tx, receipt(sku, place, 4, cost=100), receipt(sku, place, 6, cost=121))
    inventory.reserve(unit(tx), [want(1, sku, 5), want(2, sku, 2)])

    costs = inventory.commit(unit(tx), [Id(1), Id(2)])

    assert costs == {(1, 1): Cost(4 * 100 + 121, USD), (2, 1): Cost(2 * 121, USD)}
    assert counts(tx) == [(3, 0)]
    assert layers(tx) == [(0, 100), (3, 121)]
    assert inventory.commit(unit(tx), [Id(1), Id(2)]) == {}


def test_consigned_goods_leave_without_a_cost(tx: Tx) -> None:
    [sku] = a_sku(tx)
    received(tx, receipt(sku, location(tx), 4))
    inventory.reserve(unit(tx), [want(1, sku, 3)])

    assert inventory.commit(unit(tx), [Id(1)]) == {}
    assert counts(tx) == [(1, 0)]


def test_a_line_leaves_in_parts(tx: Tx) -> None:
    [sku] = a_sku(tx)
    received(tx, receipt(sku, location(tx, "A"), 2, cost=100))
    received(tx, receipt(sku, location(tx, "B"), 5, cost=130))
    inventory.reserve(unit(tx), [want(1, sku, 6)])

    outcomes, costs = inventory.commit_units(unit(tx), [units(1, 1), units(1, 3), units(1, 3)])

    assert outcomes[:2] == [None, None]
    assert isinstance(outcomes[2], NothingHeld) and outcomes[2].members["held"] == 2
    assert costs == {(1, 1): Cost(2 * 100 + 2 * 130, USD)}
    assert counts(tx) == [(0, 0), (3, 2)]
    inventory.release(unit(tx), [Id(1)])
    assert counts(tx) == [(0, 0), (3, 0)]


def test_returns_come_back_at_what_they_had_cost(tx: Tx) -> None:
    [sku] = a_sku(tx)
    place = location(tx)
    received(tx, receipt(sku, place, 4, cost=100), receipt(sku, place, 6, cost=121))
    inventory.reserve(unit(tx), [want(1, sku, 6)])
    inventory.commit(unit(tx), [Id(1)])

    first, second, third = inventory.restock(unit(tx), [units(1, 3), units(1, 2), units(1, 2)])

    assert first == Cost(300, USD)
    assert second == Cost(100 + 121, USD)
    assert isinstance(third, NothingToReturn) and third.members["left"] == 1
    assert counts(tx) == [(9, 0)]
    assert layers(tx) == [(0, 100), (4, 121), (3, 100), (1, 100), (1, 121)]
    [last] = inventory.restock(unit(tx), [units(1, 1)])
    assert last == Cost(121, USD)
    [none] = inventory.restock(unit(tx), [units(1, 1)])
    assert isinstance(none, NothingToReturn)


def test_consigned_returns_have_no_cost(tx: Tx) -> None:
    [sku] = a_sku(tx)
    received(tx, receipt(sku, location(tx), 4))
    inventory.reserve(unit(tx), [want(1, sku, 3)])
    inventory.commit(unit(tx), [Id(1)])

    assert inventory.restock(unit(tx), [units(1, 2)]) == [None]
    assert counts(tx) == [(3, 0)]


def adjustment(
    place: Position, change: int, reason: Reason = Reason.COUNTED, cost: int | None = None
) -> Adjustment:
    return Adjustment(position_id=place.id, change=change, reason=reason, unit_cost_minor=cost)


def test_counts_are_corrected_but_never_into_what_is_reserved(tx: Tx) -> None:
    [sku] = a_sku(tx)
    received(tx, receipt(sku, location(tx), 5))
    inventory.reserve(unit(tx), [want(1, sku, 3)])
    here = position(tx, sku)

    less, more, too_much, nothing = inventory.adjust(
        unit(tx),
        [
            adjustment(here, -2, Reason.DAMAGED),
            adjustment(here, 1, Reason.FOUND),
            adjustment(here, -2),
            adjustment(here, 0),
        ],
    )

    assert isinstance(less, Adjusted) and (less.on_hand, less.cost) == (3, None)
    assert isinstance(more, Adjusted) and more.on_hand == 4
    assert isinstance(too_much, StockHeld) and too_much.members["free"] == 1
    assert isinstance(nothing, BadInput)
    assert counts(tx) == [(4, 3)]
    kinds = tx.sql.execute(text("select reference from inventory.movements order by id offset 1"))
    assert [*kinds.scalars()] == ["damaged", "found"]


def test_bought_out_goods_are_adjusted_at_cost(tx: Tx) -> None:
    [sku] = a_sku(tx)
    place = location(tx)
    received(tx, receipt(sku, place, 2, cost=100), receipt(sku, place, 2, cost=150))
    here = position(tx, sku)

    lost, found, without = inventory.adjust(
        unit(tx),
        [
            adjustment(here, -3, Reason.LOST),
            adjustment(here, 2, Reason.FOUND, cost=90),
            adjustment(here, 1),
        ],
    )

    assert isinstance(lost, Adjusted) and lost.cost == Cost(-350, USD)
    assert isinstance(found, Adjusted) and found.cost == Cost(180, USD)
    assert isinstance(without, BadInput)
    assert counts(tx) == [(3, 0)]
    assert layers(tx) == [(0, 100), (1, 150), (2, 90)]


def refusals(outcomes: list[object]) -> list[type]:
    return [type(outcome) if isinstance(outcome, Problem) else object for outcome in outcomes]


def test_everybody_counts_what_they_keep(tx: Tx) -> None:
    goods.load_tree(tx)
    one, other = goods.seller(tx), goods.seller(tx)
    [sku] = goods.skus(goods.products(tx, one))
    own = only(
        inventory.locate(
            by(tx, one.staff),
            [inventory.NewLocation(code="O", name="O", country="CN", keeper_id=one.merchant_id)],
        )
    )
    house = location(tx, "H")
    wishes = [receipt(sku, place, 2, owner=one.merchant_id) for place in (own, house)]

    assert refusals([*inventory.receive(by(tx, one.staff), wishes)]) == [object, Forbidden]
    assert refusals([*inventory.receive(by(tx, other.staff), wishes)]) == [Forbidden, Forbidden]
    assert refusals([*inventory.receive(by(tx, OPERATOR), wishes)]) == [object, object]
    first, second = inventory.positions_of(tx, [sku])
    takes = [adjustment(first, -1), adjustment(second, -1)]
    assert refusals([*inventory.adjust(by(tx, one.staff), takes)]) == [object, Forbidden]
    assert refusals([*inventory.adjust(by(tx, other.staff), takes)]) == [NotFound, NotFound]
    assert counts(tx) == [(3, 0), (2, 0)]
    assert inventory.page(by(tx, other.staff), None, 10) == []
    assert len(inventory.page(by(tx, one.staff), None, 10)) == 2


def test_a_location_has_a_code_of_its_own_and_a_keeper_who_may(tx: Tx) -> None:
    goods.load_tree(tx)
    one = goods.seller(tx)
    wish = inventory.NewLocation(code="A", name="A", country="CN")

    [foreign] = inventory.locate(by(tx, one.staff), [wish])
    made, again = inventory.locate(tx, [wish, wish])

    assert isinstance(foreign, Forbidden)
    assert isinstance(made, inventory.Location)
    assert isinstance(again, BadInput)
    assert inventory.places(tx) == [made]
