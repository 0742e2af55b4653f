"""Lives that cross all areas: what is listed is audited, sold, shipped, settled and reconciled."""

from decimal import Decimal
from typing import Any

from entrepot.kernel.money import Currency
from tests import filling
from tests.conformance.journeys import fulfillment, products
from tests.conformance.world import World
from tests.living import Life


def from_listing_to_statement(world: World) -> None:
    """Listed, audited, ordered, shipped split in two, delivered, settled: to the cent."""
    world.do(filling.load_categories)
    Life(world.parts.work).paid_to(world.seller.shop.merchant_id, Currency.USD)
    product, sku = products.created(world.seller, "Coat for a whole life")
    world.turn()
    assert products.status(world, product) == "ACTIVATE"
    [order] = world.buyer.buys({sku: 3})
    world.on(hours=2)

    items = fulfillment.items_of(world, order)
    packages = fulfillment.divided(world, order, items[:1], items[1:])
    for package in packages:
        fulfillment.ship(world, package, fulfillment.number())
        world.delivers(package)
    orders: Any = world.client.orders
    [seen] = orders.get_order_detail(ids=[order]).data.orders
    assert (seen.status, seen.split_or_combine_tag) == ("DELIVERED", "SPLIT")
    price = orders.get_order_price_details(order_id=order).data
    assert seen.payment.total_amount == price.payment

    world.on(days=40)
    _reconciled(world, order, price)


def _reconciled(world: World, order: str, price: Any) -> None:
    """The statement's line of an order is the order's price, less its fees."""
    finance: Any = world.client.finance
    lines = finance.get_transactions_by_order(order_id=order).data
    [id] = {line.statement_id for line in lines.sku_transactions}
    detail = finance.get_transactions_by_statement(
        statement_id=id, sort_field="order_create_time", page_size=100
    ).data
    [sale] = [one for one in detail.transactions if one.order_id == order]
    assert sale.revenue_amount == price.sku_sale_price
    assert sale.settlement_amount == lines.settlement_amount
    total = sum(Decimal(one.settlement_amount) for one in detail.transactions)
    assert total == Decimal(detail.total_settlement_amount)
    assert [one.id for one in finance.get_payments(sort_field="create_time").data.payments]


JOURNEYS = [from_listing_to_statement]
