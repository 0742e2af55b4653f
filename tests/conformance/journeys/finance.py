"""Finance: from an estimate to a statement, its transactions and its payment."""

from decimal import Decimal
from typing import Any

from tiktok_shop_api.generated.models import GetSellerFinancialTransactionsTypesItem as Type

from tests.conformance.journeys.returns import delivered
from tests.conformance.world import World


def settle_and_reconcile(world: World) -> None:
    """What was estimated is settled, and the statement agrees with the order's price."""
    goods = world.seller.goods(price_minor=9_900, shipping_minor=500)
    order = delivered(world, goods, 2)
    client: Any = world.client.finance

    listed = client.get_unsettled_transactions(sort_field="order_create_time", page_size=100).data
    [waiting] = [one for one in listed.transactions if one.order_id == order]
    world.on(days=40)

    lines = client.get_transactions_by_order(order_id=order).data
    assert lines.settlement_amount == waiting.est_settlement_amount
    statements = client.get_statements(sort_field="statement_time", page_size=100).data.statements
    [statement] = [one for one in statements if one.id == lines.sku_transactions[0].statement_id]
    detail = client.get_transactions_by_statement(
        statement_id=statement.id, sort_field="order_create_time", page_size=100
    ).data
    [sale] = [one for one in detail.transactions if one.order_id == order]
    orders: Any = world.client.orders
    price = orders.get_order_price_details(order_id=order).data
    assert sale.revenue_amount == price.sku_sale_price
    assert sale.shipping_cost_amount == price.shipping_sale_price
    assert Decimal(detail.payable_amount) == Decimal(statement.settlement_amount)

    client.get_payments(sort_field="create_time")
    moved = client.get_seller_financial_transactions(types=[Type.SETTLE], page_size=100).data
    assert statement.id in [one.id for one in moved.withdrawals]


JOURNEYS = [settle_and_reconcile]
