"""Broken folders are refused whole, with file, line, field, value and what would be right."""

from pathlib import Path

import pytest

from entrepot.adapters.datasets.olist import read_olist
from entrepot.adapters.datasets.rows import BrokenData
from tests.adapters.datasets.olist_folder import HEADS, ROWS, write


def refused(folder: Path) -> list[str]:
    with pytest.raises(BrokenData) as refusal:
        read_olist(folder)
    head, *faults = str(refusal.value).splitlines()
    assert head.endswith("nothing was loaded")
    assert refusal.value.status == 422
    return faults


def with_row(name: str, at: int, row: str) -> dict[str, list[str] | None]:
    """The folder's rows with one replaced; after the last one, added."""
    rows = [*ROWS[name]]
    rows[at : at + 1] = [row]
    return {name: rows}


@pytest.mark.parametrize(
    ("name", "at", "row", "fault"),
    [
        (
            "orders",
            1,
            "o2,c2,canceled,2017-13-03 10:00:00,,,,",
            (
                "orders.csv:3 order_purchase_timestamp is '2017-13-03 10:00:00': "
                "must be a local time such as 2017-03-01 14:05:09"
            ),
        ),
        (
            "orders",
            1,
            "o2,c2,canceled,,,,,",
            "orders.csv:3 order_purchase_timestamp is '': must not be empty",
        ),
        (
            "orders",
            1,
            "o2,c2,canceled,1970-01-01 00:00:00,,,,",
            (
                "orders.csv:3 order_purchase_timestamp is '1970-01-01 00:00:00': "
                "must not be before 2016-01-01, when the data set's rules begin"
            ),
        ),
        (
            "orders",
            1,
            "o2,c2,canceled,2017-03-03 10:00:00,yesterday,,,",
            (
                "orders.csv:3 order_approved_at is 'yesterday': "
                "must be a local time such as 2017-03-01 14:05:09"
            ),
        ),
        (
            "orders",
            1,
            "o2,c2,lost,2017-03-03 10:00:00,,,,",
            (
                "orders.csv:3 order_status is 'lost': must be one of approved, canceled, created, "
                "delivered, invoiced, processing, shipped, unavailable"
            ),
        ),
        (
            "orders",
            1,
            "o2,c9,canceled,2017-03-03 10:00:00,,,,",
            "orders.csv:3 customer_id is 'c9': must be in customers",
        ),
        (
            "orders",
            4,
            "o1,c4,canceled,2017-03-03 10:00:00,,,,",
            "orders.csv:6 order_id is 'o1': is there a second time; it must be unique in this file",
        ),
        (
            "order_items",
            0,
            "o1,1,p1,s1,,-144.0,8.77",
            "order_items.csv:2 price is '-144.0': must not be negative",
        ),
        (
            "order_items",
            0,
            "o1,1,p1,s1,,144.005,8.77",
            (
                "order_items.csv:2 price is '144.005': "
                "must be a decimal number with at most 2 places, such as 144.90"
            ),
        ),
        (
            "order_items",
            0,
            'o1,1,p1,s1,,144.0,"8,77"',
            (
                "order_items.csv:2 freight_value is '8,77': "
                "must be a decimal number with at most 2 places, such as 144.90"
            ),
        ),
        (
            "order_items",
            0,
            "o1,1,p1,s1,,NaN,8.77",
            (
                "order_items.csv:2 price is 'NaN': "
                "must be a decimal number with at most 2 places, such as 144.90"
            ),
        ),
        (
            "order_items",
            1,
            "o1,1,p1,s1,,144.0,8.77",
            (
                "order_items.csv:3 order_item_id is '1': "
                "is there a second time in order o1; it must be unique"
            ),
        ),
        (
            "order_items",
            0,
            "o1,first,p1,s1,,144.0,8.77",
            "order_items.csv:2 order_item_id is 'first': must be a whole number",
        ),
        (
            "order_items",
            0,
            "o9,1,p1,s1,,144.0,8.77",
            "order_items.csv:2 order_id is 'o9': must be in orders",
        ),
        (
            "order_items",
            0,
            "o1,1,p9,s1,,144.0,8.77",
            "order_items.csv:2 product_id is 'p9': must be in products",
        ),
        (
            "order_items",
            0,
            "o1,1,p1,s9,,144.0,8.77",
            "order_items.csv:2 seller_id is 's9': must be in sellers",
        ),
        (
            "order_payments",
            0,
            "o1,1,credit_card,10,-1",
            "order_payments.csv:2 payment_value is '-1': must not be negative",
        ),
        (
            "order_payments",
            5,
            "o9,1,credit_card,10,1",
            "order_payments.csv:7 order_id is 'o9': must be in orders",
        ),
        (
            "sellers",
            2,
            "s1,29156,cariacica,ES",
            (
                "sellers.csv:4 seller_id is 's1': is there a second time; "
                "it must be unique in this file"
            ),
        ),
        (
            "customers",
            0,
            "c1,u1,,valinhos,SP",
            "customers.csv:2 customer_zip_code_prefix is '': must not be empty",
        ),
        (
            "sellers",
            2,
            "s3,29156",
            "sellers.csv:4 seller_id is '2 fields': must have 4 fields, as the header has",
        ),
    ],
)
def test_each_fault_is_named(tmp_path: Path, name: str, at: int, row: str, fault: str) -> None:
    assert refused(write(tmp_path, with_row(name, at, row))) == [fault]


def test_a_missing_column_is_one_fault_and_not_many(tmp_path: Path) -> None:
    write(tmp_path)
    path = tmp_path / "sellers.csv"
    path.write_text(path.read_text().replace("seller_id", "vendor"))

    assert refused(tmp_path) == ["sellers.csv:1 seller_id is '': this column is missing"]


def test_a_missing_file(tmp_path: Path) -> None:
    [fault] = refused(write(tmp_path, {"order_payments": None}))

    assert fault.startswith("order_payments.csv:0 file is 'missing': order_payments.csv or ")


@pytest.mark.parametrize("content", [b"not gzip at all", b"\x1f\x8b\x08\x00broken"])
def test_a_file_that_is_not_what_its_name_says(tmp_path: Path, content: bytes) -> None:
    (write(tmp_path, {"sellers": None}) / "sellers.csv.gz").write_bytes(content)

    [fault] = refused(tmp_path)
    assert fault.startswith("sellers.csv.gz:0 file is '")
    assert fault.endswith("packed with gzip if its name ends in .gz")


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "sellers.csv").write_bytes(HEADS["sellers"].encode() + b"\ns1,09080,\xe3,SP\n")

    assert "must be readable UTF-8 text" in refused(tmp_path)[0]


def test_an_empty_file_lacks_every_column(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "products.csv").write_text("")

    assert refused(tmp_path) == [
        "products.csv:1 product_id is '': this column is missing",
        "products.csv:1 product_category_name is '': this column is missing",
    ]


def test_faults_of_all_files_come_together_in_order(tmp_path: Path) -> None:
    changes = {
        **with_row("orders", 2, "o3,c9,gone,2017-03-05 12:00:00,,,,"),
        **with_row("order_items", 4, "o3,1,p2,s1,,x,-2.15"),
    }

    assert [fault.split(" is ")[0] for fault in refused(write(tmp_path, changes))] == [
        "order_items.csv:6 price",
        "order_items.csv:6 freight_value",
        "orders.csv:4 customer_id",
        "orders.csv:4 order_status",
    ]


def test_no_more_than_fifty_are_listed(tmp_path: Path) -> None:
    rows = [f"o1,{position},p1,s1,,x,0" for position in range(1, 61)]

    faults = refused(write(tmp_path, {"order_items": rows}))
    assert len(faults) == 51
    assert faults[-1] == "and 10 more"


def test_a_line_is_the_line_on_which_a_record_begins(tmp_path: Path) -> None:
    rows = ['s1,09080,"santo\nandre",SP', "s2,29156,,", "s2,1,,"]

    [fault] = refused(write(tmp_path, {"sellers": rows}))
    assert fault.startswith("sellers.csv:5 seller_id is 's2'")
