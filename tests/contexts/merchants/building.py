"""Merchants, shops and actors for the tests of merchants. Everything is built through doors."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from sqlalchemy import text

from entrepot.contexts import identity, merchants
from entrepot.contexts.identity import Kind, NewOrganisation, NewPerson
from entrepot.contexts.merchants import (
    Application,
    Company,
    DocumentKind,
    NewApplication,
    NewDocument,
    NewShop,
    NumberKind,
    SellerType,
    Shop,
)
from entrepot.kernel.access import Actor, Grant, OrganisationId
from entrepot.kernel.problems import only
from entrepot.kernel.tx import Tx

MODE = "self-operated"
USCC = "91110000600037341L"  # The example in python-stdnum's own documentation.
OTHER_USCC = "91320621MA1MRHG205"
OWNER = ("shop:read", "shop:edit", "onboarding:read", "onboarding:submit")


def merchant(tx: Tx, country: str = "CN") -> OrganisationId:
    wish = NewOrganisation(kind=Kind.MERCHANT, name="Lantern Works", country=country)
    return only(identity.found(tx, [wish])).id


def shop(
    tx: Tx,
    owner: OrganisationId | None = None,
    stage: str | None = "beginner",
    mode: str = MODE,
    market: str = "us",
) -> Shop:
    wish = NewShop(
        merchant_id=owner or merchant(tx),
        name="Lanterns",
        market=market,
        mode=mode,
        seller_type=SellerType.CROSS_BORDER,
        stage=stage,
    )
    return only(merchants.open_shops(tx, [wish]))


def declared(tx: Tx, owner: OrganisationId, number: str = USCC, **changes: object) -> Company:
    """A company that has said all that a trader has to say."""
    signer = only(
        identity.enrol(tx, [NewPerson(name="Li", email=f"li{owner}-{tx.now:%f}@example.org")])
    )
    company = Company(
        merchant_id=owner,
        legal_name="Lantern Works Ltd",
        country="CN",
        number_kind=NumberKind.CN_USCC,
        number=number,
        register_number="HR 7",
        representative_id=signer.id,
        contact_id=signer.id,
        payment_account="account 7",
        self_certified_at=tx.now,
    )
    return only(merchants.declare_companies(tx, [replace(company, **changes)]))  # type: ignore[arg-type]


def papers(tx: Tx, owner: OrganisationId, expires_on: date | None = None) -> None:
    for kind in (DocumentKind.LICENCE, DocumentKind.REPRESENTATIVE_ID):
        wish = NewDocument(
            merchant_id=owner,
            kind=kind,
            number="L 1",
            country="CN",
            file="file 1",
            expires_on=expires_on if kind is DocumentKind.LICENCE else None,
        )
        only(merchants.file_documents(tx, [wish]))


def applied(tx: Tx, owner: OrganisationId, **changes: object) -> Application:
    wish = NewApplication(
        merchant_id=owner,
        shop_name="Lanterns",
        market="us",
        mode=MODE,
        seller_type=SellerType.CROSS_BORDER,
    )
    return only(merchants.apply(tx, [replace(wish, **changes)]))  # type: ignore[arg-type]


def submitted(tx: Tx, number: str = USCC, expires_on: date | None = None) -> Application:
    """A complete application, handed in."""
    owner = merchant(tx)
    declared(tx, owner, number)
    papers(tx, owner, expires_on)
    return only(merchants.submit(tx, [applied(tx, owner).id]))


def as_owner(tx: Tx, owner: OrganisationId, permissions: Iterable[str] = OWNER) -> Tx:
    """The same unit of work, asked for by somebody of this merchant."""
    held = frozenset(Grant(permission, owner) for permission in permissions)
    return replace(tx, actor=Actor("person:1", held))


def facts(tx: Tx) -> list[str]:
    """The names of facts about merchants, in their order."""
    rows = text("select name from events.fresh where name like 'merchants.%' order by serial")
    return [*tx.sql.scalars(rows)]


def rows(tx: Tx, table: str) -> int:
    n: int = tx.sql.execute(text(f"select count(*) from merchants.{table}")).scalar_one()
    return n
