"""What inventory refuses."""

from entrepot.contexts.catalog import SkuId
from entrepot.kernel.ids import Id
from entrepot.kernel.problems import Problem

from .model import PositionId


class SoldOut(Problem):
    """Less is free than was wanted."""

    slug, title = "sold-out", "There is not enough of this left"

    def __init__(self, sku_id: SkuId, available: int) -> None:
        super().__init__(
            f"of SKU {sku_id}, {available} are left", sku_id=str(sku_id), available=available
        )
        self.sku_id = sku_id
        self.available = available


class StockHeld(Problem):
    """An adjustment would take what is reserved, or more than there is."""

    slug, title = "stock-held", "These units are reserved or not there"

    def __init__(self, position_id: PositionId, free: int) -> None:
        super().__init__(
            f"position {position_id} has {free} units that are not reserved",
            position_id=str(position_id),
            free=free,
        )


class NothingToReturn(Problem):
    """More units would come back than went out."""

    slug, title = "nothing-to-return", "Fewer units of this line have left"

    def __init__(self, order_id: Id, pos: int, left: int) -> None:
        super().__init__(
            f"of line {pos} of order {order_id}, {left} units are out",
            order_id=str(order_id),
            pos=pos,
            left=left,
        )


class NothingHeld(Problem):
    """More units would leave or be freed than are held."""

    slug, title = "nothing-held", "Fewer units of this line are held"

    def __init__(self, order_id: Id, pos: int, held: int) -> None:
        super().__init__(
            f"of line {pos} of order {order_id}, {held} units are held",
            order_id=str(order_id),
            pos=pos,
            held=held,
        )
