"""How discounts meet."""

from typing import ClassVar

from entrepot.rulebook.rows import RuleRow


class Promotions(RuleRow):
    """Layers are taken one after another, each on what the one before left."""

    topic: ClassVar[str] = "promotions"

    layers: tuple[str, ...]
    best_of: tuple[str, ...]  # Layers in which only the best offer counts.
    exclusive: tuple[tuple[str, ...], ...]  # Of each group only the first layer that applies.
    new_customer_max_bp: int
    flash_min_bp: int
    flash_max_bp: int
    flash_max_h: int
    lowest_price_days: int  # Past days whose lowest price a flash price has to undercut.
