"""Orders as tests need them: quoted with given amounts and placed, through the door."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from entrepot.contexts import orders
from entrepot.contexts.catalog import ListingId, ProductId, SkuId
from entrepot.contexts.merchants import ShopId
from entrepot.contexts.orders import (
    Destination,
    Group,
    Line,
    Order,
    OrderId,
    Part,
    Placing,
    Quote,
    QuotedLine,
    QuotedOrder,
    QuoteId,
    Recipient,
    Step,
    Units,
    Verb,
)
from entrepot.kernel.access import Actor, OrganisationId, PersonId
from entrepot.kernel.ids import new_ids
from entrepot.kernel.money import Currency, Money
from entrepot.kernel.problems import each, only
from entrepot.kernel.tx import Tx
from entrepot.rulebook import OrderTimers
from entrepot.rulebook import of as rules_of

SHOP, MERCHANT = ShopId(11), OrganisationId(101)
OTHER_SHOP, OTHER_MERCHANT = ShopId(12), OrganisationId(102)
HOME = Destination(country="US", region="CA", postal_code="94103")
SOMEONE = Recipient(
    name="A. Buyer", email="buyer@example.org", phone="+1 555 0100", address={"street": "1 Way"}
)


@dataclass(frozen=True)
class Wanted:
    """One line: its units and what the buyer pays for all of them."""

    quantity: int = 1
    payment_minor: int = 10_00


def later(tx: Tx, by: timedelta = timedelta(0)) -> Tx:
    """The next unit of work on the same connection: it holds no lock yet."""
    return replace(tx, now=tx.now + by, held={})


def quoted(
    tx: Tx,
    baskets: Sequence[Sequence[Wanted]] = ((Wanted(),),),
    *,
    buyer: PersonId | None = None,
    valid_for: timedelta = timedelta(hours=1),
) -> QuoteId:
    """A quote that is kept, with one order for each basket, the second one in another shop."""
    [id] = new_ids(tx.sql, QuoteId, 1)
    [terms] = orders.keep_terms(tx, [{"flags": {"merchant_of_record": "merchant"}}])
    timers = rules_of(tx).on(OrderTimers, "us", tx.now.date()).ref
    shops = [(SHOP, MERCHANT), (OTHER_SHOP, OTHER_MERCHANT)]
    lines = [
        _line(number, pos, wanted, terms)
        for number, basket in enumerate(baskets)
        for pos, wanted in enumerate(basket, 1)
    ]
    totals = [sum(wanted.payment_minor for wanted in basket) for basket in baskets]
    quote = Quote(
        id=id,
        market="us",
        currency=Currency.USD,
        buyer_id=buyer,
        destination=HOME,
        total=Money(sum(totals), Currency.USD),
        orders=tuple(
            _order(shop, total, timers) for shop, total in zip(shops, totals, strict=False)
        ),
        lines=tuple(lines),
        quoted_at=tx.now,
        expires_at=tx.now + valid_for,
    )
    orders.keep_quotes(tx, [quote])
    return id


def placing(id: QuoteId, destination: Destination = HOME) -> Placing:
    """The wish to place a quote."""
    return Placing(quote_id=id, destination=destination, recipient=SOMEONE)


def place(tx: Tx, id: QuoteId, buyer: PersonId | None = None) -> Group:
    """Place a quote that can be placed, as its buyer."""
    wish, tx = placing(id), later(tx)
    if buyer is not None:
        tx = replace(tx, actor=Actor(f"person:{buyer}", person=buyer))
    quote = only(orders.open_quotes(tx, [wish]))
    assert isinstance(quote, Quote)
    [group] = orders.draft(tx, [quote])
    orders.place(tx, [(wish, quote, group)])
    return group


def placed(tx: Tx, *wanted: Wanted, buyer: PersonId | None = None) -> OrderId:
    """An unpaid order with these lines."""
    [order_id] = place(tx, quoted(tx, [wanted or (Wanted(),)], buyer=buyer), buyer).order_ids
    return order_id


def paid(tx: Tx, *wanted: Wanted) -> OrderId:
    """An order whose hour of free cancellation is over: it waits for its shipment."""
    order_id = placed(tx, *wanted)
    for verb in (Verb.PAY, Verb.RELEASE):
        only(orders.move(later(tx), [Step(order_id=order_id, verb=verb)]))
    return order_id


def sent(tx: Tx, *wanted: Wanted, at: datetime | None = None) -> OrderId:
    """An order that is on its way whole."""
    order_id = paid(tx, *wanted)
    all_units = units(tx, order_id)
    each(orders.ship(later(tx), all_units, {order_id: at or tx.now}).values())
    return order_id


def delivered(tx: Tx, *wanted: Wanted, at: datetime | None = None) -> OrderId:
    """An order that arrived whole."""
    order_id = sent(tx, *wanted, at=at)
    each(orders.arrive(later(tx), units(tx, order_id), {order_id: at or tx.now}).values())
    return order_id


def units(tx: Tx, order_id: OrderId) -> list[Units]:
    """All units of an order."""
    return [
        Units(order_id=order_id, pos=line.pos, quantity=line.quantity)
        for line in orders.lines(tx, [order_id])
    ]


def head(tx: Tx, order_id: OrderId) -> Order:
    """The order as it stands."""
    return only(orders.by_ids(tx, [order_id]))


def line(tx: Tx, order_id: OrderId, pos: int = 1) -> Line:
    """One of its lines as it stands."""
    return next(each for each in orders.lines(tx, [order_id]) if each.pos == pos)


def _line(number: int, pos: int, wanted: Wanted, terms: orders.TermsId) -> QuotedLine:
    return QuotedLine(
        order=number,
        pos=pos,
        sku_id=SkuId(1_000 + pos),
        listing_id=ListingId(2_000 + pos),
        product_id=ProductId(3_000 + pos),
        title=f"Thing {pos}",
        quantity=wanted.quantity,
        terms_id=terms,
        unit_price_minor=wanted.payment_minor // wanted.quantity,
        list_minor=wanted.payment_minor,
        seller_discount_minor=0,
        platform_discount_minor=0,
        shipping_minor=0,
        tax_minor=0,
        payment_minor=wanted.payment_minor,
        parts=(Part(kind="net", purpose="on_hold", owner=MERCHANT, minor=wanted.payment_minor),),
        inputs={},
    )


def _order(place: tuple[ShopId, OrganisationId], total: int, timers: str) -> QuotedOrder:
    shop_id, merchant_id = place
    return QuotedOrder(
        shop_id=shop_id,
        merchant_id=merchant_id,
        record_id=merchant_id,
        mode="self_operated",
        seller_type="local",
        total_minor=total,
        timers=timers,
        unpaid_min=60,
        reservation_min=30,
        goods=(),
    )
