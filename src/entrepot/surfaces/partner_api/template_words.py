"""Shipping templates: whether goods of some size fit into a delivery option."""

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import AfterValidator

from entrepot.rulebook import DeliveryOption

from .envelope import Data
from .shapes import Body

PARTIES = {"platform": 1, "merchant": 2}
GRAMS = {1: Decimal(1), 2: Decimal("453.59237"), 3: Decimal("28.349523125"), 4: Decimal(1000)}
MILLIMETRES = {1: Decimal(10), 2: Decimal("25.4"), 3: Decimal("304.8"), 4: Decimal(1)}
MILLIMETRES[5] = Decimal(1000)
LENGTH, WIDTH, HEIGHT, WEIGHT = "1", "2", "3", "4"  # What the reasons are called.


def _number(said: str) -> str:
    try:
        size = Decimal(said)
    except InvalidOperation as error:
        raise ValueError("a number") from error
    if not size.is_finite() or not 0 <= size < 10**9:
        raise ValueError("a number that is not negative")
    return said


def _unit_of(units: dict[int, Decimal]) -> AfterValidator:
    def check(unit: int) -> int:
        if unit not in units:
            raise ValueError(f"one of {', '.join(map(str, units))}")
        return unit

    return AfterValidator(check)


Amount = Annotated[str, AfterValidator(_number)]


class Weight(Body):
    weight: Amount = "0"
    unit: Annotated[int, _unit_of(GRAMS)] = 1


class Dimension(Body):
    length: Amount = "0"
    width: Amount = "0"
    height: Amount = "0"
    unit: Annotated[int, _unit_of(MILLIMETRES)] = 1


class Goods(Body):
    """What a product weighs and measures."""

    weight: Weight = Weight()
    dimension: Dimension = Dimension()

    def sizes(self) -> Iterator[tuple[str, str, Decimal]]:
        """What each reason looks at, its word, and how much there is of it."""
        by = MILLIMETRES[self.dimension.unit]
        yield LENGTH, "length", Decimal(self.dimension.length) * by
        yield WIDTH, "width", Decimal(self.dimension.width) * by
        yield HEIGHT, "height", Decimal(self.dimension.height) * by
        yield WEIGHT, "weight", Decimal(self.weight.weight) * GRAMS[self.weight.unit]


def template(options: Sequence[DeliveryOption], goods: Goods) -> Data:
    """The template of a shop's options; it serves if one of them takes the goods."""
    reasons = [(option, _reasons(option, goods)) for option in options]
    first = options[0]
    fits = any(not found for _, found in reasons)
    told: dict[str, Any] = {
        "template_is_available": fits,
        "template": {
            "template_id": str(first.id),
            "template_name": "Shipped by platform" if first.ships == "platform" else first.name,
            "is_default": True,
            "template_party": PARTIES[first.ships],
        },
    }
    if not fits:
        told["service_unreachable_reason"] = [
            {"service_id": str(option.id), "filter_reason": found} for option, found in reasons
        ]
    return told


def _reasons(option: DeliveryOption, goods: Goods) -> list[Data]:
    most = {
        LENGTH: (option.max_length_mm, "mm"),
        WIDTH: (option.max_width_mm, "mm"),
        HEIGHT: (option.max_height_mm, "mm"),
        WEIGHT: (option.max_weight_g, "g"),
    }
    return [
        {"filter_type": kind, "reason": f"{word} over {limit} {unit}"}
        for kind, word, size in goods.sizes()
        for limit, unit in [most[kind]]
        if limit is not None and size > limit
    ]
