"""Reads what may be said of goods, by category, from the extract of Shopify's taxonomy."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from entrepot.contexts.catalog import CategoryId

DATA = Path(__file__).parent / "data"
SALES = {"color", "size"}  # And whatever is a size of something: in these, SKUs differ.


@dataclass(frozen=True, slots=True)
class KnownValue:
    """A value to choose."""

    id: str
    name_en: str
    name_zh_cn: str


@dataclass(frozen=True, slots=True)
class KnownAttribute:
    """In what respect something may be said, with the values to choose from."""

    id: str
    name_en: str
    name_zh_cn: str
    is_sales: bool  # Whether SKUs of one product may differ in it.
    values: tuple[KnownValue, ...]


def attributes_of(category: CategoryId) -> tuple[KnownAttribute, ...]:
    """What may be said of goods of a category."""
    keys = _by_category().get(category, "")
    return tuple(_attributes()[key] for key in keys.split("|") if key)


def attribute(id: str) -> KnownAttribute | None:
    """One attribute by its number."""
    return _by_id().get(id)


def value(id: str) -> KnownValue | None:
    """One value by its number."""
    return _values_by_id().get(id)


@cache
def _attributes() -> Mapping[str, KnownAttribute]:
    values: dict[str, list[KnownValue]] = defaultdict(list)
    for row in _rows("values"):
        found = KnownValue(row["id"], row["name_en"], row["name_zh_cn"])
        values[row["values_of"]].append(found)
    return {
        row["key"]: KnownAttribute(
            row["id"],
            row["name_en"],
            row["name_zh_cn"],
            row["values_of"] in SALES or row["key"].endswith("_size"),
            tuple(values[row["values_of"]]),
        )
        for row in _rows("attributes")
    }


@cache
def _by_id() -> Mapping[str, KnownAttribute]:
    return {one.id: one for one in _attributes().values()}


@cache
def _values_by_id() -> Mapping[str, KnownValue]:
    return {each.id: each for one in _attributes().values() for each in one.values}


@cache
def _by_category() -> Mapping[str, str]:
    return {row["category"]: row["attributes"] for row in _rows("category_attributes")}


def _rows(name: str) -> Iterator[dict[str, str]]:
    with gzip.open(DATA / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
