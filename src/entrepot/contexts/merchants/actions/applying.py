"""Merchants apply for shops."""

from collections.abc import Sequence

from entrepot.contexts import identity
from entrepot.contexts.merchants import access, checks, rules, store
from entrepot.contexts.merchants.access import Permission
from entrepot.contexts.merchants.lifecycle import APPLICATION, ApplicationVerb
from entrepot.contexts.merchants.model import (
    Application,
    ApplicationId,
    Move,
    NewApplication,
)
from entrepot.contexts.merchants.problems import (
    ApplicationIncomplete,
    DeadlinePassed,
    MerchantNotFound,
)
from entrepot.kernel.ids import new_ids
from entrepot.kernel.problems import BadInput, Problem
from entrepot.kernel.tx import Tx
from entrepot.rulebook import MarketNotOpen

from .moving import advanced, save_applications


def apply(tx: Tx, wishes: Sequence[NewApplication]) -> list[Application | Problem]:
    """Begin applications. Operators may begin one for a merchant, which invites it."""
    known = identity.known(tx, sorted({wish.merchant_id for wish in wishes}))
    outcomes: list[Application | Problem] = []
    for id, wish in zip(new_ids(tx.sql, ApplicationId, len(wishes)), wishes, strict=True):
        refusal = _refusal(tx, wish, known=wish.merchant_id in known)
        outcomes.append(
            refusal
            or Application(
                id=id,
                merchant_id=wish.merchant_id,
                shop_name=wish.shop_name.strip(),
                market=wish.market,
                mode=wish.mode,
                seller_type=wish.seller_type,
                invited=wish.invited,
                state=APPLICATION.initial,
            )
        )
    new = [one for one in outcomes if isinstance(one, Application)]
    store.add_applications(tx, new)
    begun = [
        Move(noun="application", subject=one.id, before=None, after=one.state, at=tx.now)
        for one in new
    ]
    store.add_history(tx, begun)
    return outcomes


def submit(tx: Tx, ids: Sequence[ApplicationId]) -> list[Application | Problem]:
    """Hand applications in, for the first time or corrected. They have to be complete."""
    held = access.applications_to_change(tx, ids, Permission.ONBOARDING_SUBMIT)
    merchants = {one.merchant_id for one in held.values() if isinstance(one, Application)}
    companies = store.companies_by_ids(tx, merchants)
    documents = store.documents_of(tx, merchants)
    moves: list[tuple[Application, Application, tuple[str, ...]]] = []
    outcomes: list[Application | Problem] = []
    for id in ids:
        before = held[id]
        after = advanced(before, ApplicationVerb.SUBMIT)
        if isinstance(before, Application) and isinstance(after, Application):
            place = before.merchant_id
            lacking = checks.missing(companies.get(place), documents[place])
            if before.due_at is not None and before.due_at <= tx.now:
                after = DeadlinePassed(before.due_at)  # The sweep has only not come by yet.
            elif lacking:
                after = ApplicationIncomplete(lacking)
            else:
                held[id] = after
                moves.append((before, after, ()))
        outcomes.append(after)
    store.answer_corrections(tx, [after.id for _, after, _ in moves])
    save_applications(tx, moves)
    return outcomes


def withdraw(tx: Tx, ids: Sequence[ApplicationId]) -> list[Application | Problem]:
    """Take applications back."""
    held = access.applications_to_change(tx, ids, Permission.ONBOARDING_SUBMIT)
    moves: list[tuple[Application, Application, tuple[str, ...]]] = []
    outcomes: list[Application | Problem] = []
    for id in ids:
        before = held[id]
        after = advanced(before, ApplicationVerb.WITHDRAW)
        outcomes.append(after)
        if isinstance(before, Application) and isinstance(after, Application):
            held[id] = after
            moves.append((before, after, ()))
    save_applications(tx, moves)
    return outcomes


def expire(tx: Tx, at_most: int = 500) -> int:
    """End applications whose deadline is over, as of it. A sweep: no permission is asked."""
    overdue = store.overdue_applications(tx, tx.now, at_most)
    moves: list[tuple[Application, Application, tuple[str, ...]]] = []
    for before in overdue:
        after = advanced(before, ApplicationVerb.EXPIRE)
        assert isinstance(after, Application), "only states with a deadline have one"
        moves.append((before, after, ("deadline",)))
    save_applications(tx, moves, [one.due_at for one in overdue if one.due_at is not None])
    return len(moves)


def _refusal(tx: Tx, wish: NewApplication, *, known: bool) -> Problem | None:
    if not known or not tx.actor.may(Permission.ONBOARDING_SUBMIT, wish.merchant_id):
        return MerchantNotFound(wish.merchant_id)
    if wish.invited and not tx.actor.may(Permission.ONBOARDING_DECIDE):
        return access.refusal(Permission.ONBOARDING_DECIDE)
    if not wish.shop_name.strip():
        return BadInput("shop_name", "give the name that buyers will see")
    try:
        return rules.closed(tx, wish.market, wish.mode, rules.day_in(tx, wish.market))
    except MarketNotOpen as refusal:
        return refusal
