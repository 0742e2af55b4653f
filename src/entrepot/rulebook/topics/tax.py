"""What a buyer's country takes of a sale."""

from typing import ClassVar, Literal

from entrepot.kernel.money import Currency, share
from entrepot.rulebook.rows import RuleRow, Selector


class Tax(RuleRow):
    """The rate of a destination, and who answers for it where the flags say `by_value`."""

    topic: ClassVar[str] = "tax"
    selectors: ClassVar[tuple[Selector, ...]] = RuleRow.selecting(
        Selector("country"), Selector("region")
    )

    country: str | None = None
    region: str | None = None
    jurisdiction: str
    kind: Literal["sales_tax", "vat", "gst", "none"]
    rate_ppm: int  # Parts per million: Minnesota's 6.875 % is no whole number of basis points.
    included: bool  # In the price, or on top of it.
    facilitator: bool = False  # The marketplace collects and remits, whoever sells.
    deemed_limit_minor: int | None = None  # Consignments up to here: the platform is supplier.
    deemed_limit_currency: Currency | None = None

    def of(self, amount_minor: int) -> int:
        """The tax on an amount, or within it if prices include it, in minor units."""
        whole = 1_000_000 + self.rate_ppm if self.included else 1_000_000
        return share(amount_minor, self.rate_ppm, whole)
