"""What is taxed, and the taxes on it."""

from dataclasses import dataclass
from enum import StrEnum

from entrepot.kernel.ids import Id


class Side(StrEnum):
    """Who owes a tax to the authority."""

    MERCHANT = "merchant"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where goods go: it decides which tax there is."""

    country: str  # ISO 3166-1 alpha-2.
    region: str = ""  # ISO 3166-2 without the country, such as CA.


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxable:
    """A priced line: amounts of the whole quantity as the buyer pays them, tax not added yet."""

    shop_id: Id  # The lines of one shop travel as one consignment.
    goods_minor: int
    shipping_minor: int = 0
    merchant_of_record: str  # These two are flags of the mode: merchant, platform …
    deemed_supplier: str  # … or by_value.
    seller_type: str | None = None
    mode: str | None = None
    category: tuple[str, ...] = ()  # From the leaf to the root.


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxLine:
    """One tax on one line. `rule` names the version of the rule that it follows."""

    jurisdiction: str
    kind: str
    base_minor: int  # With the tax, if prices include it.
    rate_ppm: int
    minor: int
    included: bool  # In the price, not on top of it.
    remitter: Side
    rule: str
