"""Stock, made through the doors."""

from sqlalchemy import text

from entrepot.contexts import inventory
from entrepot.contexts.catalog import SkuId
from entrepot.contexts.inventory import PLATFORM, Location, NewLocation, NewReceipt, Receipt, Want
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id
from entrepot.kernel.money import Currency
from entrepot.kernel.problems import each, only
from entrepot.kernel.tx import Tx
from tests.contexts.catalog import goods


def a_sku(tx: Tx, n: int = 1) -> list[SkuId]:
    """SKUs of a new merchant."""
    goods.load_tree(tx)
    return goods.skus(goods.products(tx, goods.seller(tx), n))


def location(tx: Tx, code: str = "GZ1", **more: object) -> Location:
    wish = NewLocation(code=code, name=code, country="CN", **more)  # type: ignore[arg-type]
    return only(inventory.locate(tx, [wish]))


def receipt(
    sku_id: SkuId,
    place: Location,
    accepted: int,
    cost: int | None = None,
    owner: OrganisationId = OrganisationId(77),  # noqa: B008
) -> NewReceipt:
    """Consigned goods of organisation 77, or bought-out goods if there is a cost."""
    return NewReceipt(
        sku_id=sku_id,
        location_id=place.id,
        owner_id=owner if cost is None else PLATFORM,
        accepted=accepted,
        unit_cost_minor=cost,
        currency=None if cost is None else Currency.USD,
    )


def received(tx: Tx, *wishes: NewReceipt) -> list[Receipt]:
    return each(inventory.receive(goods.unit(tx), wishes))


def want(order: int, sku_id: SkuId, quantity: int = 1, pos: int = 1, **more: object) -> Want:
    return Want(
        order_id=Id(order),
        pos=pos,
        sku_id=sku_id,
        quantity=quantity,
        **{"expires_at": None, **more},  # type: ignore[arg-type]
    )


def counts(tx: Tx) -> list[tuple[int, int]]:
    """On hand and reserved of all positions, by id; the books agree."""
    assert inventory.disagreements(tx) == []
    query = text("select on_hand, reserved from inventory.positions order by id")
    return [(row.on_hand, row.reserved) for row in tx.sql.execute(query)]


def facts(tx: Tx) -> list[str]:
    query = text("select name from events.fresh where name like 'inventory.%' order by serial")
    return [*tx.sql.scalars(query)]
