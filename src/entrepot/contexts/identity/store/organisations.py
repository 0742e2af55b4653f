"""Organisations, people and who belongs where."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    delete,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql

from entrepot.contexts.identity.model import (
    Kind,
    Membership,
    NewPerson,
    Organisation,
    Person,
)
from entrepot.contexts.identity.tables import memberships, organisations, people
from entrepot.kernel.access import OrganisationId, PersonId
from entrepot.kernel.ids import among, new_ids
from entrepot.kernel.tx import EVERY_ROW, Tx


def add_organisations(tx: Tx, new: Sequence[Organisation]) -> None:
    rows = [
        {
            "id": one.id,
            "kind": one.kind.value,
            "name": one.name,
            "country": one.country,
            "founded_at": one.founded_at,
        }
        for one in new
    ]
    if rows:
        tx.sql.execute(insert(organisations), rows)


def organisations_by_ids(
    tx: Tx, ids: Collection[OrganisationId], visible: ColumnElement[bool]
) -> dict[OrganisationId, Organisation]:
    query = select(organisations).where(among(organisations.c.id, ids), visible)
    return {row.id: _organisation(row) for row in tx.sql.execute(query)}


def organisations_after(
    tx: Tx, after: OrganisationId | None, limit: int, visible: ColumnElement[bool]
) -> list[Organisation]:
    query = select(organisations).where(organisations.c.id > (after or 0), visible)
    rows = tx.sql.execute(query.order_by(organisations.c.id).limit(limit))
    return [_organisation(row) for row in rows]


def hold_organisations(tx: Tx, ids: Collection[OrganisationId]) -> None:
    """Let one unit of work at a time change who belongs there."""
    rows = select(organisations.c.id).where(among(organisations.c.id, ids))
    tx.sql.execute(rows.order_by(organisations.c.id).with_for_update(key_share=True))


def add_people(tx: Tx, new: Sequence[tuple[NewPerson, str | None]]) -> list[Person | None]:
    """Add people with their hashed passwords; nothing for each whose address is taken."""
    ids = new_ids(tx.sql, PersonId, len(new))
    rows = [
        {
            "id": id,
            "name": wish.name,
            "email": wish.email.strip(),
            "phone": wish.phone,
            "address": wish.address,
            "password": password,
            "enrolled_at": tx.now,
        }
        for id, (wish, password) in zip(ids, new, strict=True)
    ]
    if not rows:
        return []
    statement = postgresql.insert(people).values(rows).on_conflict_do_nothing()
    added = {row.id: _person(row) for row in tx.sql.execute(statement.returning(people))}
    return [added.get(id) for id in ids]


def hold_people(tx: Tx, ids: Collection[PersonId]) -> None:
    """Let one unit of work at a time invite somebody, let them in or forget them."""
    rows = select(people.c.id).where(among(people.c.id, ids))
    tx.sql.execute(rows.order_by(people.c.id).with_for_update(key_share=True))


def people_by_ids(tx: Tx, ids: Collection[PersonId]) -> dict[PersonId, Person]:
    query = select(people).where(among(people.c.id, ids))
    return {row.id: _person(row) for row in tx.sql.execute(query)}


def erase_people(tx: Tx, ids: Collection[PersonId]) -> None:
    """Empty what is personal; people without a name belong nowhere."""
    nothing = dict.fromkeys(("name", "email", "phone", "address", "password"))
    mine = among(people.c.id, ids)
    tx.sql.execute(update(people).where(mine).values(**nothing, erased_at=tx.now))
    tx.sql.execute(delete(memberships).where(among(memberships.c.person_id, ids)))


def add_memberships(tx: Tx, new: Sequence[Membership]) -> set[Membership]:
    """Add memberships; returns those that were not there before."""
    rows = [
        {
            "person_id": one.person_id,
            "organisation_id": one.organisation_id,
            "role": one.role,
            "since_at": tx.now,
        }
        for one in new
    ]
    if not rows:
        return set()
    statement = postgresql.insert(memberships).values(rows).on_conflict_do_nothing()
    return {_membership(row) for row in tx.sql.execute(statement.returning(memberships))}


def remove_memberships(tx: Tx, gone: Collection[Membership]) -> None:
    keys = [(one.person_id, one.organisation_id, one.role) for one in gone]
    if keys:
        key = tuple_(memberships.c.person_id, memberships.c.organisation_id, memberships.c.role)
        tx.sql.execute(delete(memberships).where(key.in_(keys)))


def memberships_where(tx: Tx, *conditions: ColumnElement[bool]) -> list[Membership]:
    query = select(memberships).where(*conditions)
    order = memberships.c.organisation_id, memberships.c.person_id, memberships.c.role
    return [_membership(row) for row in tx.sql.execute(query.order_by(*order))]


def members_of(
    tx: Tx, ids: Collection[OrganisationId], visible: ColumnElement[bool] = EVERY_ROW
) -> list[Membership]:
    return memberships_where(tx, among(memberships.c.organisation_id, ids), visible)


def memberships_of(
    tx: Tx, ids: Collection[PersonId], visible: ColumnElement[bool] = EVERY_ROW
) -> list[Membership]:
    return memberships_where(tx, among(memberships.c.person_id, ids), visible)


def _organisation(row: Row[Any]) -> Organisation:
    return Organisation(
        id=row.id,
        kind=Kind(row.kind),
        name=row.name,
        country=row.country,
        founded_at=row.founded_at,
    )


def _person(row: Row[Any]) -> Person:
    return Person(
        id=row.id,
        name=row.name,
        email=row.email,
        phone=row.phone,
        address=row.address,
        erased_at=row.erased_at,
    )


def _membership(row: Row[Any]) -> Membership:
    return Membership(person_id=row.person_id, organisation_id=row.organisation_id, role=row.role)
