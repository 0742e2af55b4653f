"""Operations that exist elsewhere and are not served here, each with its reason."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, partial
from importlib import resources
from typing import Any, NoReturn

from .codes import Code, Refused
from .operations import Operation

NOT_YET = "is not served by this version of Entrepot"

# By the beginning of the path; the longest one that fits counts.
REASONS = {
    "/affiliate_creator/": "creators' affiliate tools are not part of this API here",
    "/affiliate_partner/": "affiliate partners' tools are not part of this API here",
    "/affiliate_seller/": "sellers' affiliate tools are not part of this API here",
    "/analytics/": "analytics of content are not part of this API here",
    "/customer_engagement/": "customer engagement is not part of this API here",
    "/customer_service/": "customer service is not part of this API here",
    "/order/202605/orders/blind_box_result/": "blind boxes are not sold here",
    "/order/202606/pod_details/": "products are not printed on demand here",
    "/fulfillment/202508/tts_tracking_validation": (
        "coverage by another platform's own shipping is nothing that is known here"
    ),
    "/fulfillment/202601/redeem_info/": "digital goods are not sold here",
    "/fulfillment/202606/pod_details/": "customised goods are not made to order here",
    "/product/202606/skpps/": (
        "the scores and rewards of another platform's own product programme are not known here"
    ),
    "/finance/202609/": "there is no trade-in of used goods here",
    "/fbt/": "fulfilment by the platform's own warehouses is not part of this API here",
}


@dataclass(frozen=True, slots=True)
class Known:
    """An operation of the public documentation."""

    tag: str
    method: str
    path: str
    name: str


@cache
def known() -> tuple[Known, ...]:
    """All operations of the public documentation, as the SDK of the tests lists them."""
    text = resources.files(__package__).joinpath("data", "known.csv").read_text("utf-8")
    return tuple(
        Known(row["tag"], row["method"], row["path"], row["operation"])
        for row in csv.DictReader(text.splitlines())
    )


def reason(path: str) -> str:
    """Why an operation is not served."""
    fitting = [begin for begin in REASONS if path.startswith(begin)]
    return REASONS[max(fitting, key=len)] if fitting else NOT_YET


def missing(served: Iterable[Operation]) -> list[Known]:
    """Known operations that are not among those served."""
    there = {(one.method, one.path) for one in served}
    return [one for one in known() if (one.method, one.path) not in there]


def declined(served: Iterable[Operation]) -> list[Operation]:
    """An operation for each that is missing: it says why, to whoever holds a valid token."""
    return [
        Operation(method=one.method, path=one.path, shop=False, handler=partial(_decline, one.path))
        for one in missing(served)
    ]


def _decline(path: str, _: Any) -> NoReturn:
    raise Refused(Code.NOT_SUPPORTED, f"Not supported here. {path}: {reason(path)}")
