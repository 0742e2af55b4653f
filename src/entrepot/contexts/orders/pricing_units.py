"""What each unit of a line cost, and why: its line's waterfall, shared out so that nothing is lost.

Every component is shared on its own, and a unit's payment is what its components make, so that
units add up to their line in every column.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from entrepot.contexts.promotions import COUPONS, Layer

from .model import Line, UnitId
from .units import unit_id, unit_share

PLATFORM = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPromotion:
    """What one promotion takes off one unit at one funder's expense, in minor units."""

    promotion_id: int
    by_platform: bool
    is_voucher: bool
    minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPrice:
    """One unit's waterfall, in minor units of its line's currency."""

    unit_id: UnitId
    list_minor: int
    seller_discount_minor: int
    platform_discount_minor: int
    shipping_minor: int  # As it is paid.
    shipping_discount_minor: int
    tax_minor: int  # On top.
    tax_inside_minor: int
    rate_ppm: int  # Of all taxes together.
    promotions: tuple[UnitPromotion, ...]

    @property
    def goods_minor(self) -> int:
        """The price after discounts."""
        return self.list_minor - self.seller_discount_minor - self.platform_discount_minor

    @property
    def payment_minor(self) -> int:
        """What the buyer paid for the unit."""
        return self.goods_minor + self.shipping_minor + self.tax_minor

    def voucher_minor(self, *, by_platform: bool) -> int:
        """What coupons of one side took off."""
        return sum(
            part.minor
            for part in self.promotions
            if part.is_voucher and part.by_platform is by_platform
        )


def unit_prices(line: Line) -> list[UnitPrice]:
    """The price of each unit of a line, in their order."""
    return [_price(line, n) for n in range(line.quantity)]


def _price(line: Line, n: int) -> UnitPrice:
    def share(minor: int) -> int:
        return unit_share(minor, n, line.quantity)

    taxes: Sequence[dict[str, Any]] = line.inputs.get("taxes", ())
    applied: Sequence[dict[str, Any]] = line.inputs.get("promotions", ())
    off_shipping = [one["minor"] for one in applied if one["layer"] == Layer.SHIPPING_DISCOUNT]
    return UnitPrice(
        unit_id=unit_id(line, n),
        list_minor=share(line.list_minor),
        seller_discount_minor=share(line.seller_discount_minor),
        platform_discount_minor=share(line.platform_discount_minor),
        shipping_minor=share(line.shipping_minor),
        shipping_discount_minor=share(sum(off_shipping)),
        tax_minor=share(line.tax_minor),
        tax_inside_minor=share(sum(tax["minor"] for tax in taxes if tax["included"])),
        rate_ppm=sum(tax["rate_ppm"] for tax in taxes),
        promotions=tuple(
            UnitPromotion(
                promotion_id=one["promotion_id"],
                by_platform=one["funder_id"] == PLATFORM,
                is_voucher=one["layer"] in COUPONS,
                minor=share(one["minor"]),
            )
            for one in applied
            if one["layer"] != Layer.SHIPPING_DISCOUNT
        ),
    )
