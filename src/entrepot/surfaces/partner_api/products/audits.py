"""Why an audit refused a product, in the words of its market."""

from typing import Any

from entrepot.contexts import catalog
from entrepot.contexts.catalog import Listing, State
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.operations import Ask

from .words import CHINESE


def failed(ask: Ask[Any, Any], listing: Listing, locale: str | None) -> list[Data]:
    """What the last audit found, and what helps."""
    reasons: tuple[str, ...] = ()
    if listing.state in {State.FAILED, State.PLATFORM_DEACTIVATED, State.FREEZE}:
        reasons = catalog.last_reasons(ask.tx, [listing.id]).get(listing.id, ())
    else:
        state, why = catalog.shadow_states(ask.tx, [listing.id]).get(listing.id, ("", ()))
        reasons = why if state == "rejected" else ()
    words = catalog.check_words(ask.tx, listing.market)
    chinese = (locale or "").startswith(CHINESE)
    told: list[Data] = []
    for reason in reasons:
        check, _, about = reason.partition(":")
        row = words.get(check)
        brief = check if row is None else row.brief_zh_cn if chinese else row.brief_en
        cure = "" if row is None else row.cure_zh_cn if chinese else row.cure_en
        said = f"{brief}: {about}" if about else brief
        told.append(
            {
                "position": check,
                "reasons": [said],
                "suggestions": [cure],
                "listing_platform": "TIKTOK_SHOP",
            }
        )
    return told
