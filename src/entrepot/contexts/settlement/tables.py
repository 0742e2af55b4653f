"""The tables of settlement that conditions are built on; statements stand in `sql`."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, DateTime, Named, Table, Text, TypedColumns

from entrepot.contexts.merchants import ShopId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.db import metadata
from entrepot.kernel.ids import IdType

from .model import PayoutAccountId, PayoutId, StatementId


class StatementColumns(TypedColumns):
    id: Named[StatementId] = Column(IdType(StatementId), primary_key=True)
    payee_id: Named[OrganisationId] = Column(IdType(OrganisationId), nullable=False)
    shop_id: Named[ShopId] = Column(IdType(ShopId), nullable=False)
    market: Named[str] = Column(Text, nullable=False)
    currency: Named[str] = Column(Text, nullable=False)
    due_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)
    net_minor: Named[int] = Column(BigInteger, nullable=False)


statements = Table("statements", metadata, StatementColumns, schema="settlement")


class PayoutColumns(TypedColumns):
    id: Named[PayoutId] = Column(IdType(PayoutId), primary_key=True)
    payee_id: Named[OrganisationId] = Column(IdType(OrganisationId), nullable=False)
    state: Named[str] = Column(Text, nullable=False)
    due_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)


payouts = Table("payouts", metadata, PayoutColumns, schema="settlement")


class WaitColumns(TypedColumns):
    payee_id: Named[OrganisationId] = Column(IdType(OrganisationId), primary_key=True)
    currency: Named[str] = Column(Text, primary_key=True)
    market: Named[str] = Column(Text, nullable=False)
    minor: Named[int] = Column(BigInteger, nullable=False)
    lacks: Named[str] = Column(Text, nullable=False)
    payout_currency: Named[str | None] = Column(Text)
    since_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)


waits = Table("waits", metadata, WaitColumns, schema="settlement")


class PayoutAccountColumns(TypedColumns):
    id: Named[PayoutAccountId] = Column(IdType(PayoutAccountId), primary_key=True)
    payee_id: Named[OrganisationId] = Column(IdType(OrganisationId), nullable=False)
    state: Named[str] = Column(Text, nullable=False)


payout_accounts = Table("payout_accounts", metadata, PayoutAccountColumns, schema="settlement")
