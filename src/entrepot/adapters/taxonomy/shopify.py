"""Reads the extract of Shopify's taxonomy."""

import csv
import gzip
from pathlib import Path

from entrepot.contexts.catalog import Category, CategoryId

EXTRACT = Path(__file__).parent / "data" / "categories.csv.gz"


def categories() -> list[Category]:
    """All categories, each after its parent."""
    with gzip.open(EXTRACT, "rt", encoding="utf-8", newline="") as file:
        return [
            Category(
                id=CategoryId(row["id"]),
                name_en=row["name_en"],
                name_zh_cn=row["name_zh_cn"],
                is_leaf=row["is_leaf"] == "1",
            )
            for row in csv.DictReader(file)
        ]
