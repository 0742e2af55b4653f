"""Grants from one organisation to another."""

from collections.abc import Sequence
from datetime import timedelta

from entrepot.contexts.identity import access, store
from entrepot.contexts.identity.access import Permission
from entrepot.contexts.identity.events import GrantGiven, GrantRevoked
from entrepot.contexts.identity.model import (
    GRANT_LASTS_AT_MOST,
    DelegatedGrant,
    GrantId,
    Mark,
    NewGrant,
)
from entrepot.contexts.identity.problems import GrantNotFound, NotYours, OrganisationNotFound
from entrepot.kernel import clock
from entrepot.kernel.events import emit
from entrepot.kernel.ids import new_ids
from entrepot.kernel.problems import BadInput, Problem
from entrepot.kernel.tx import EVERY_ROW, Tx

# What lets others in for longer than the grant lasts, or past its end, is nobody else's.
NOT_FOR_OTHERS = frozenset(
    {Permission.GRANT_EDIT, Permission.GRANT_USE, Permission.MEMBER_EDIT, Permission.TOKEN_EDIT}
)


def give_grants(tx: Tx, wishes: Sequence[NewGrant]) -> list[DelegatedGrant | Problem]:
    """Let members of other organisations work in one's own, within permissions, for a time."""
    at = clock.real()
    ids = new_ids(tx.sql, GrantId, len(wishes))
    places = {wish.from_id for wish in wishes}
    visible = store.organisations_by_ids(tx, places, access.visible_to(tx.actor))
    others = store.organisations_by_ids(tx, {wish.to_id for wish in wishes}, EVERY_ROW)
    outcomes: list[DelegatedGrant | Problem] = []
    for id, wish in zip(ids, wishes, strict=True):
        absent = [
            id for id, there in ((wish.from_id, visible), (wish.to_id, others)) if id not in there
        ]
        refusal = OrganisationNotFound("organisation", absent[0]) if absent else _refusal(tx, wish)
        outcomes.append(
            refusal
            or DelegatedGrant(
                id=id,
                from_id=wish.from_id,
                to_id=wish.to_id,
                permissions=tuple(sorted(set(wish.permissions))),
                starts_at=at,
                ends_at=at + wish.lasts,
            )
        )
    given = [one for one in outcomes if isinstance(one, DelegatedGrant)]
    store.add_grants(tx, given)
    store.add_audit(tx, [_mark("identity.give_grant", one) for one in given])
    emit(tx, [_given(tx, one) for one in given])
    return outcomes


def revoke_grants(tx: Tx, ids: Sequence[GrantId]) -> list[DelegatedGrant | Problem]:
    """End grants at once, from either side. One that has ended already stays as it is."""
    visible = access.grants_visible_to(tx.actor)
    found = store.grants_by_ids(tx, ids, visible)
    may = Permission.GRANT_EDIT
    mine = {
        id
        for id, grant in found.items()
        if tx.actor.may(may, grant.from_id) or tx.actor.may(may, grant.to_id)
    }
    ended = [found[id] for id in sorted(mine) if found[id].revoked_at is None]
    store.revoke_grants(tx, [grant.id for grant in ended], clock.real())
    store.add_audit(tx, [_mark("identity.revoke_grant", grant) for grant in ended])
    emit(
        tx,
        [
            GrantRevoked(at=tx.now, grant_id=one.id, from_id=one.from_id, to_id=one.to_id)
            for one in ended
        ],
    )
    after = store.grants_by_ids(tx, mine, visible)
    return [
        after[id]
        if id in after
        else access.refusal(may)
        if id in found
        else GrantNotFound("grant", id)
        for id in ids
    ]


def _refusal(tx: Tx, wish: NewGrant) -> Problem | None:
    if not tx.actor.may(Permission.GRANT_EDIT, wish.from_id):
        return access.refusal(Permission.GRANT_EDIT)
    if wish.from_id == wish.to_id:
        return BadInput("to_id", "name another organisation")
    if not wish.permissions:
        return BadInput("permissions", "name at least one permission")
    if kept := sorted(NOT_FOR_OTHERS & {*wish.permissions}):
        return BadInput("permissions", f"{', '.join(kept)} would outlast the grant")
    if not timedelta(0) < wish.lasts <= GRANT_LASTS_AT_MOST:
        return BadInput("lasts", f"takes up to {GRANT_LASTS_AT_MOST.days} days")
    lacking = access.lacking(tx.actor, wish.permissions, wish.from_id)
    return NotYours(lacking) if lacking else None


def _given(tx: Tx, grant: DelegatedGrant) -> GrantGiven:
    return GrantGiven(
        at=tx.now,
        grant_id=grant.id,
        from_id=grant.from_id,
        to_id=grant.to_id,
        permissions=grant.permissions,
    )


def _mark(action: str, grant: DelegatedGrant) -> Mark:
    return Mark(
        action=action,
        organisation_id=grant.from_id,
        subject=grant.id,
        detail={"to": str(grant.to_id), "permissions": [*grant.permissions]},
    )
