"""Legal persons and their documents."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select, update
from sqlalchemy.dialects import postgresql

from entrepot.contexts.merchants.model import (
    ApplicationId,
    Company,
    Document,
    DocumentId,
    DocumentKind,
    NewDocument,
    NumberKind,
)
from entrepot.contexts.merchants.tables import companies, documents
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.db import sql_file
from entrepot.kernel.ids import among, new_ids
from entrepot.kernel.tx import EVERY_ROW, Tx

DUPLICATES = sql_file(__file__, "duplicates")
LAPSE = sql_file(__file__, "lapse_documents")


def save_companies(tx: Tx, declared: Sequence[Company]) -> None:
    """Write what merchants declare; what they declared before is replaced."""
    rows = [
        {
            "merchant_id": one.merchant_id,
            "legal_name": one.legal_name,
            "country": one.country,
            "number_kind": one.number_kind.value,
            "number": one.number,
            "register_number": one.register_number,
            "holdings_bp": dict(one.holdings_bp),
            "representative_id": one.representative_id,
            "contact_id": one.contact_id,
            "payment_account": one.payment_account,
            "self_certified_at": one.self_certified_at,
        }
        for one in declared
    ]
    if not rows:
        return
    statement = postgresql.insert(companies).values(rows)
    fresh = {name: statement.excluded[name] for name in rows[0] if name != "merchant_id"}
    tx.sql.execute(statement.on_conflict_do_update(index_elements=["merchant_id"], set_=fresh))


def companies_by_ids(
    tx: Tx, ids: Collection[OrganisationId], visible: ColumnElement[bool] = EVERY_ROW
) -> dict[OrganisationId, Company]:
    query = select(companies).where(among(companies.c.merchant_id, ids), visible)
    return {row.merchant_id: _company(row) for row in tx.sql.execute(query)}


def verify_companies(tx: Tx, ids: Collection[OrganisationId]) -> None:
    new = among(companies.c.merchant_id, ids), companies.c.verified_at.is_(None)
    tx.sql.execute(update(companies).where(*new).values(verified_at=tx.now))


def duplicates(tx: Tx, ids: Collection[ApplicationId]) -> set[ApplicationId]:
    """Applications of a legal person that is another merchant, or that applied earlier as one."""
    rows = tx.sql.scalars(DUPLICATES, {"ids": [int(id) for id in ids]})
    return {ApplicationId(id) for id in rows}


def add_documents(tx: Tx, filed: Sequence[NewDocument]) -> list[Document]:
    """File documents; of each kind, the one before is replaced."""
    new: list[Document] = []
    for id, wish in zip(new_ids(tx.sql, DocumentId, len(filed)), filed, strict=True):
        same = documents.c.merchant_id == wish.merchant_id, documents.c.kind == wish.kind.value
        current = documents.c.replaced_at.is_(None)
        tx.sql.execute(update(documents).where(*same, current).values(replaced_at=tx.now))
        row = {
            "merchant_id": wish.merchant_id,
            "kind": wish.kind.value,
            "number": wish.number,
            "country": wish.country,
            "file": wish.file,
            "expires_on": wish.expires_on,
        }
        added = insert(documents).values(id=id, filed_at=tx.now, **row).returning(documents)
        new.append(_document(tx.sql.execute(added).one()))
    return new


def documents_of(
    tx: Tx, ids: Collection[OrganisationId], visible: ColumnElement[bool] = EVERY_ROW
) -> dict[OrganisationId, list[Document]]:
    """The current documents of merchants."""
    current = among(documents.c.merchant_id, ids), documents.c.replaced_at.is_(None)
    query = select(documents).where(*current, visible).order_by(documents.c.id)
    found: dict[OrganisationId, list[Document]] = {id: [] for id in ids}
    for row in tx.sql.execute(query):
        found[row.merchant_id].append(_document(row))
    return found


def lapse_documents(tx: Tx, day: date, at_most: int) -> list[tuple[Document, datetime]]:
    """Mark documents whose last day is over; each with the instant at which it was."""
    rows = tx.sql.execute(LAPSE, {"day": day, "at_most": at_most})
    return [(_document(row), row.lapsed_at) for row in rows]


def _company(row: Row[Any]) -> Company:
    return Company(
        merchant_id=row.merchant_id,
        legal_name=row.legal_name,
        country=row.country,
        number_kind=NumberKind(row.number_kind),
        number=row.number,
        register_number=row.register_number,
        holdings_bp=row.holdings_bp,
        representative_id=row.representative_id,
        contact_id=row.contact_id,
        payment_account=row.payment_account,
        self_certified_at=row.self_certified_at,
        verified_at=row.verified_at,
    )


def _document(row: Row[Any]) -> Document:
    return Document(
        id=DocumentId(row.id),
        merchant_id=OrganisationId(row.merchant_id),
        kind=DocumentKind(row.kind),
        number=row.number,
        country=row.country,
        file=row.file,
        expires_on=row.expires_on,
    )
