"""The price detail of an order: one waterfall for the order, one for each of its units.

What a side's coupons take off is part of that side's deduction. Tax inside the price is part of
`tax_amount` and not of what comes on top: the payment less all tax is the net price.
"""

from collections.abc import Sequence
from typing import Any

from entrepot.contexts.orders import Line, Order, UnitPrice, unit_prices

from .envelope import Data
from .order_words import rate, text


def price_detail(order: Order, lines: Sequence[Line]) -> Data:
    """An order's price and those of its units, which add up to it in every column."""
    units = [unit for line in lines for unit in unit_prices(line)]
    currency = order.total.currency.value
    items = [_item(unit, currency) for unit in units]
    return {**_waterfall(units, currency), "line_items": items}


def _item(unit: UnitPrice, currency: str) -> Data:
    told = {"id": str(int(unit.unit_id)), **_waterfall([unit], currency)}
    told["seller_funded_product_promotions"] = [
        {
            "activity_id": str(part.promotion_id),
            "discount_amount": text(part.minor, currency),
            "discount_type": "COUPON" if part.is_voucher else "ACTIVITY",
        }
        for part in unit.promotions
        if not part.by_platform and part.minor
    ]
    return told


def _waterfall(units: Sequence[UnitPrice], currency: str) -> dict[str, Any]:
    full = sum(unit.list_minor for unit in units)
    goods = sum(unit.goods_minor for unit in units)
    shipping = sum(unit.shipping_minor for unit in units)
    off_shipping = sum(unit.shipping_discount_minor for unit in units)
    on_top = sum(unit.tax_minor for unit in units)
    tax = on_top + sum(unit.tax_inside_minor for unit in units)
    payment = sum(unit.payment_minor for unit in units)
    amounts = {
        "total": full + shipping + off_shipping,
        "payment": payment,
        "sku_list_price": full,
        "sku_sale_price": goods,
        "subtotal": goods + on_top,
        "subtotal_deduction_seller": sum(unit.seller_discount_minor for unit in units),
        "subtotal_deduction_platform": sum(unit.platform_discount_minor for unit in units),
        "subtotal_tax_amount": tax,
        "voucher_deduction_seller": sum(unit.voucher_minor(by_platform=False) for unit in units),
        "voucher_deduction_platform": sum(unit.voucher_minor(by_platform=True) for unit in units),
        "shipping_list_price": shipping + off_shipping,
        "shipping_sale_price": shipping,
        "shipping_fee_deduction_seller": off_shipping,
        "shipping_fee_deduction_platform": 0,
        "shipping_fee_deduction_platform_voucher": 0,
        "tax_amount": tax,
        "net_price_amount": payment - tax,
        "cod_fee": 0,
    }
    told = {name: text(minor, currency) for name, minor in amounts.items()}
    rates = {unit.rate_ppm for unit in units}
    if len(rates) == 1:
        told["tax_rate"] = rate(rates.pop())
    return {"currency": currency, **told}
