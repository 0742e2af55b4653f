"""The tables of integrations."""

from datetime import datetime

from sqlalchemy import ARRAY, Column, DateTime, Integer, LargeBinary, Named, Table, Text
from sqlalchemy import TypedColumns as Columns

from entrepot.contexts.merchants import ShopId
from entrepot.kernel.access import OrganisationId, PersonId
from entrepot.kernel.db import metadata
from entrepot.kernel.ids import IdType

from .model import AppId, AuthorisationId

INSTANT = DateTime(timezone=True)


class AppColumns(Columns):
    id: Named[AppId] = Column(IdType(AppId), primary_key=True)
    key: Named[str] = Column(Text, nullable=False)
    name: Named[str] = Column(Text, nullable=False)
    redirect_url: Named[str] = Column(Text, nullable=False)
    kinds: Named[list[str]] = Column(ARRAY(Text), nullable=False)
    scopes: Named[list[str]] = Column(ARRAY(Text), nullable=False)
    state: Named[str] = Column(Text, nullable=False)
    generation: Named[int] = Column(Integer, nullable=False)
    registered_at: Named[datetime] = Column(INSTANT, nullable=False)


class AuthorisationColumns(Columns):
    id: Named[AuthorisationId] = Column(IdType(AuthorisationId), primary_key=True)
    app_id: Named[AppId] = Column(IdType(AppId), nullable=False)
    organisation_id: Named[OrganisationId] = Column(IdType(OrganisationId), nullable=False)
    kind: Named[str] = Column(Text, nullable=False)
    scopes: Named[list[str]] = Column(ARRAY(Text), nullable=False)
    access: Named[bytes] = Column(LargeBinary, nullable=False)
    access_ends_at: Named[datetime] = Column(INSTANT, nullable=False)
    refresh: Named[bytes] = Column(LargeBinary, nullable=False)
    ends_at: Named[datetime] = Column(INSTANT, nullable=False)
    generation: Named[int] = Column(Integer, nullable=False)
    granted_by: Named[PersonId | None] = Column(IdType(PersonId))
    granted_at: Named[datetime] = Column(INSTANT, nullable=False)
    warned_at: Named[datetime | None] = Column(INSTANT)
    revoked_at: Named[datetime | None] = Column(INSTANT)


class CodeColumns(Columns):
    secret: Named[bytes] = Column(LargeBinary, primary_key=True)
    app_id: Named[AppId] = Column(IdType(AppId), nullable=False)
    organisation_id: Named[OrganisationId] = Column(IdType(OrganisationId), nullable=False)
    kind: Named[str] = Column(Text, nullable=False)
    scopes: Named[list[str]] = Column(ARRAY(Text), nullable=False)
    granted_by: Named[PersonId] = Column(IdType(PersonId), nullable=False)
    ends_at: Named[datetime] = Column(INSTANT, nullable=False)


class EndpointColumns(Columns):
    app_id: Named[AppId] = Column(IdType(AppId), primary_key=True)
    shop_id: Named[ShopId] = Column(IdType(ShopId), primary_key=True)
    event: Named[str] = Column(Text, primary_key=True)
    address: Named[str] = Column(Text, nullable=False)
    created_at: Named[datetime] = Column(INSTANT, nullable=False)
    updated_at: Named[datetime] = Column(INSTANT, nullable=False)


apps = Table("apps", metadata, AppColumns, schema="integrations")
authorisations = Table("authorisations", metadata, AuthorisationColumns, schema="integrations")
codes = Table("codes", metadata, CodeColumns, schema="integrations")
endpoints = Table("endpoints", metadata, EndpointColumns, schema="integrations")
