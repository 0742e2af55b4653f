"""What the sandbox's shops sell."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """A product and its variants; each variant is a SKU at the same price."""

    title: str
    category: str
    price_minor: int
    option: str = ""
    variants: tuple[str, ...] = ("",)


SHELF = (
    Item("Stoneware mug", "hg-11-10-5-5", 1_499, "Color", ("Chalk", "Moss")),
    Item("Rechargeable table lamp", "hg-13-5-5", 4_999, "Color", ("Black", "Brass")),
    Item("Steel water bottle, 750 ml", "hg-11-3-11", 2_499, "Color", ("Sand", "Slate")),
    Item("Flameless candles, set of six", "hg-3-34", 2_999),
    Item("Bamboo cutting board", "hg-11-8-21", 1_899, "Size", ("S", "L")),
    Item("Leather keychain", "aa-4-1", 999, "Color", ("Tan", "Black")),
)
