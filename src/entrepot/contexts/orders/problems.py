"""What orders refuse."""

from entrepot.kernel.problems import NotFound, Problem

from .model import OrderId, QuoteId


class OrderNotFound(NotFound):
    slug, title = "order-not-found", "There is no such order"

    def __init__(self, order_id: OrderId) -> None:
        super().__init__("order", order_id)


class QuoteNotFound(NotFound):
    slug, title = "quote-not-found", "There is no such quote"

    def __init__(self, quote_id: QuoteId) -> None:
        super().__init__("quote", quote_id)


class QuoteExpired(Problem):
    status, slug, title = 410, "quote-expired", "This price does not hold any more: ask again"


class QuoteDiffers(Problem):
    status, slug, title = 409, "quote-differs", "The quote was for something else"


class CannotCancel(Problem):
    slug, title = "cannot-cancel", "This cannot be cancelled any more"


class TooManyUnits(Problem):
    slug, title = "too-many-units", "The line does not have so many units left"


class UnitNotOfOrder(Problem):
    status, slug, title = 422, "unit-not-of-order", "The order has no such item"


class UnitsNotFree(Problem):
    slug, title = "units-not-free", "These units are cancelled or handed over, or are none"
