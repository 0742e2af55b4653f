"""A small folder in Olist's format, written by hand, whose every figure can be added up."""

from collections.abc import Mapping
from pathlib import Path

HEADS = {
    "orders": "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,"
    "order_delivered_carrier_date,order_delivered_customer_date,order_estimated_delivery_date",
    "order_items": "order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,"
    "freight_value",
    "order_payments": "order_id,payment_sequential,payment_type,payment_installments,payment_value",
    "customers": "customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,"
    "customer_state",
    "sellers": "seller_id,seller_zip_code_prefix,seller_city,seller_state",
    "products": "product_id,product_category_name",
}
ROWS: dict[str, list[str]] = {
    "orders": [
        (
            "o1,c1,delivered,2017-03-01 10:00:00,2017-03-01 10:20:00,2017-03-02 09:00:00,"
            "2017-03-08 15:00:00,2017-03-20 00:00:00"
        ),
        "o2,c2,canceled,2017-03-03 10:00:00,2017-03-04 08:00:00,,,2017-03-25 00:00:00",
        (
            "o3,c3,shipped,2017-03-05 12:00:00,2017-03-05 12:30:00,2017-03-06 12:00:00,,"
            "2017-03-30 00:00:00"
        ),
        "o4,c4,unavailable,2017-03-07 12:00:00,2017-03-07 12:30:00,,,2017-03-30 00:00:00",
    ],
    "order_items": [
        "o1,1,p1,s1,2017-03-05 00:00:00,144.0,8.77",
        "o1,2,p1,s1,2017-03-05 00:00:00,144.0,8.77",
        "o1,3,p2,s2,2017-03-05 00:00:00,810.00,70.75",
        "o2,1,p1,s1,2017-03-07 00:00:00,10,0",
        "o3,1,p2,s1,2017-03-08 00:00:00,0.85,2.15",
    ],
    "order_payments": [
        "o1,1,credit_card,10,1200.00",
        "o1,2,voucher,1,0.29",
        "o2,1,boleto,1,10.00",
        "o3,1,credit_card,1,3.00",
        "o4,1,credit_card,1,55.55",
    ],
    "customers": [
        "c1,u1,13272,valinhos,SP",
        "c2,u1,13272,valinhos,SP",
        "c3,u2,01001,sao paulo,SP",
        "c4,u3,35550,itapecerica,MG",
    ],
    "sellers": ["s1,09080,santo andre,SP", "s2,29156,,", "s3,29156,cariacica,ES"],
    "products": ["p1,beleza_saude", "p2,"],
}


def write(folder: Path, changes: Mapping[str, list[str] | None] | None = None) -> Path:
    """The folder with some files' rows replaced; a file that is None is left out."""
    for name, rows in {**ROWS, **(changes or {})}.items():
        if rows is not None:
            text = "\n".join([HEADS[name], *rows]) + "\n"
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def one_order(folder: Path, dates: str, status: str = "delivered") -> Path:
    """A folder with a single order: `dates` are approval, hand-over, delivery and promise."""
    return write(
        folder,
        {
            "orders": [f"o1,c1,{status},2017-03-01 10:00:00,{dates}"],
            "order_items": ["o1,1,p1,s1,2017-03-05 00:00:00,144.0,8.77"],
            "order_payments": ["o1,1,credit_card,1,152.77"],
        },
    )
