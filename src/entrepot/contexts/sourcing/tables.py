"""The tables of sourcing that more than one statement reads."""

from datetime import date, datetime

from sqlalchemy import Column, Date, DateTime, Integer, Named, Table, Text, TypedColumns

from entrepot.contexts.catalog import SkuId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.db import metadata
from entrepot.kernel.ids import IdType

from .model import AgreementId


class AgreementColumns(TypedColumns):
    id: Named[AgreementId] = Column(IdType(AgreementId), primary_key=True)
    supplier_id: Named[OrganisationId] = Column(IdType(OrganisationId), nullable=False)
    sku_id: Named[SkuId] = Column(IdType(SkuId), nullable=False)
    market: Named[str] = Column(Text, nullable=False)
    basis: Named[str] = Column(Text, nullable=False)
    currency: Named[str] = Column(Text, nullable=False)
    terms_days: Named[int | None] = Column(Integer)
    opened_on: Named[date] = Column(Date, nullable=False)
    ended_on: Named[date | None] = Column(Date)
    made_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)


agreements = Table("agreements", metadata, AgreementColumns, schema="sourcing")
