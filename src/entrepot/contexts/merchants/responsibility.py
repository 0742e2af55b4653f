"""Whose decision something is: each mode gives it to one side, and the other one is refused."""

from enum import StrEnum
from typing import Literal

from entrepot import rulebook
from entrepot.kernel.access import Actor, OrganisationId
from entrepot.kernel.tx import Tx

from .model import Shop
from .problems import NotYourDecision

Side = Literal["merchant", "platform"]
Flag = Literal["commission_payer", "retail_price_setter"]


def sides(actor: Actor, permission: StrEnum, merchant_id: OrganisationId) -> set[Side]:
    """For whom this actor may decide: staff of the platform for it, a merchant's for the merchant.

    What the platform does by itself (`almighty`) carries out what either side has decided.
    """
    if actor.almighty:
        return {"merchant", "platform"}
    held: set[Side] = {"platform"} if actor.may(permission) else set()
    if merchant_id in actor.places(permission):
        held.add("merchant")
    return held


def not_theirs(tx: Tx, shop: Shop, flag: Flag, permission: StrEnum) -> NotYourDecision | None:
    """Why this actor may not decide that for a shop: today, its mode gives it to the other side."""
    book = rulebook.of(tx)
    day = book.on(rulebook.Market, shop.market, tx.now.date()).row({}).day_of(tx.now)
    version = book.on(rulebook.Mode, shop.market, day)
    side: Side = getattr(version.row({"mode": shop.mode}), flag)
    if side in sides(tx.actor, permission, shop.merchant_id):
        return None
    return NotYourDecision(flag, side, version.ref)
