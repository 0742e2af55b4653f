"""The parts of an order line's price that a base can be made of."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import AfterValidator

# All are positive. Tax is inside `list` where the market's prices include it, else on top, so:
# customer_payment = list - seller_discount - platform_discount + shipping - shipping_discount
#                    (+ tax where it comes on top); net_goods = list - both discounts.
COMPONENTS = (
    "list",
    "seller_discount",
    "platform_discount",
    "net_goods",
    "shipping",
    "shipping_discount",
    "customer_payment",
    "tax",
)
FEE = re.compile(r"fee:[a-z][a-z0-9_]*")


def _known(signed: str) -> str:
    name = signed.removeprefix("-")
    if name not in COMPONENTS and not FEE.fullmatch(name):
        raise ValueError(f"{name} is no component: {', '.join(COMPONENTS)} or fee:<kind>")
    return signed


Component = Annotated[str, AfterValidator(_known)]


def base_of(base: Sequence[str], components: Mapping[str, int]) -> int:
    """The sum of the named components; one with a leading minus is taken off."""
    return sum(-components[name[1:]] if name.startswith("-") else components[name] for name in base)
