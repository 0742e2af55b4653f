"""The only ways to statements, payouts and payout accounts."""

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import ColumnElement

from entrepot.kernel.access import Actor
from entrepot.kernel.tx import Lock

from .model import Payout, PayoutId
from .tables import payouts, statements, waits


class Permission(StrEnum):
    """Alphabetical, as `noun:verb`."""

    HOLD = "claim:hold"
    APPROVE_PAYOUT = "payout:approve"
    EDIT_ACCOUNT = "payout-account:edit"
    READ_PAYOUT = "payout:read"
    READ_STATEMENT = "statement:read"
    READ_TIER = "tier:read"
    RUN = "settlement:run"


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The statements that this actor may see."""
    return actor.reach(Permission.READ_STATEMENT, statements.c.payee_id)


def payouts_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The payouts that this actor may see."""
    return actor.reach(Permission.READ_PAYOUT, payouts.c.payee_id)


def waits_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The waiting sums that this actor may see."""
    return actor.reach(Permission.READ_PAYOUT, waits.c.payee_id)


def accounts_lock(
    held: Sequence[Payout],
) -> tuple[Lock, ColumnElement[PayoutId], list[PayoutId]]:
    """What `tx.hold` takes for payouts: they are locked as accounts, for money leaves by them."""
    return Lock.ACCOUNTS, payouts.c.id, [payout.id for payout in held]
