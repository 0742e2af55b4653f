"""Links with which people set passwords."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from entrepot.contexts.identity.model import Invitation
from entrepot.contexts.identity.tables import invitations, people
from entrepot.kernel.access import PersonId
from entrepot.kernel.ids import among
from entrepot.kernel.tx import Tx


def add_invitations(tx: Tx, new: Sequence[tuple[Invitation, bytes]], at: datetime) -> None:
    """Write links; earlier ones of the same people open nothing any more."""
    end_invitations_of(tx, [one.person_id for one, _ in new], at)
    rows = [
        {
            "id": one.id,
            "person_id": one.person_id,
            "secret": secret,
            "made_by": tx.actor.name,
            "made_at": at,
            "ends_at": one.ends_at,
        }
        for one, secret in new
    ]
    if rows:
        tx.sql.execute(insert(invitations), rows)


def end_invitations_of(tx: Tx, ids: Collection[PersonId], at: datetime) -> None:
    """What was open for these people opens nothing any more."""
    open_ = invitations.c.used_at.is_(None), invitations.c.ends_at > at
    mine = among(invitations.c.person_id, ids)
    tx.sql.execute(update(invitations).where(mine, *open_).values(ends_at=at))


def use_invitation(tx: Tx, secret: bytes, at: datetime) -> PersonId | None:
    """Use a link up; whose it was, if it was open."""
    mine = invitations.c.secret == secret, invitations.c.used_at.is_(None)
    used = update(invitations).where(*mine, invitations.c.ends_at > at).values(used_at=at)
    return tx.sql.scalar(used.returning(invitations.c.person_id))


def newcomers(tx: Tx, ids: Collection[PersonId], at: datetime) -> set[PersonId]:
    """Those of the people who have no password yet, nor a link to set one."""
    open_ = invitations.c.used_at.is_(None), invitations.c.ends_at > at
    theirs = select(invitations.c.id).where(invitations.c.person_id == people.c.id, *open_)
    new = people.c.password.is_(None), ~theirs.exists()
    return {*tx.sql.scalars(select(people.c.id).where(among(people.c.id, ids), *new))}


def drop_invitations_of(tx: Tx, ids: Collection[PersonId]) -> None:
    tx.sql.execute(delete(invitations).where(among(invitations.c.person_id, ids)))
