"""The automatic checks of an application: what a register and a calendar can tell."""

from collections.abc import Collection
from datetime import date

from entrepot.kernel.tx import Tx
from entrepot.rulebook import MarketNotOpen, NoRuleFits

from . import numbers, rules, store
from .model import (
    NEEDED,
    Application,
    ApplicationId,
    Company,
    Document,
    DocumentState,
    Finding,
    Reason,
)


def missing(company: Company | None, documents: Collection[Document]) -> list[str]:
    """What has to be there before an application can be handed in."""
    undeclared = ["company"] if company is None else company.undeclared()
    filed = {document.kind for document in documents}
    return [*undeclared, *(kind.value for kind in NEEDED if kind not in filed)]


def findings(tx: Tx, applications: Collection[Application]) -> dict[ApplicationId, list[Finding]]:
    """What each merchant has to put right, by application; all findings at once."""
    merchants = {one.merchant_id for one in applications}
    companies = store.companies_by_ids(tx, merchants)
    documents = store.documents_of(tx, merchants)
    duplicates = store.duplicates(tx, [one.id for one in applications])
    found: dict[ApplicationId, list[Finding]] = {}
    for one in applications:
        company = companies[one.merchant_id]
        day = rules.day_in(tx, one.market)
        found[one.id] = [
            *_expired(documents[one.merchant_id], day),
            *_number(company),
            *_entry(tx, one, company, day),
        ]
        if one.id in duplicates:
            note = "another merchant is this legal person"
            found[one.id].append(_finding(Reason.DUPLICATE_LEGAL_PERSON, "number", note))
    return found


def _expired(documents: Collection[Document], day: date) -> list[Finding]:
    return [
        _finding(Reason.DOCUMENT_EXPIRED, f"documents.{one.kind}", f"expired on {one.expires_on}")
        for one in documents
        if one.state_on(day) is DocumentState.EXPIRED
    ]


def _number(company: Company) -> list[Finding]:
    if numbers.checked(company.number_kind, company.number) is not None:
        return []
    note = f"{company.number} is no {company.number_kind}: a digit is wrong"
    return [_finding(Reason.COMPANY_NUMBER_INVALID, "number", note)]


def _entry(tx: Tx, one: Application, company: Company, day: date) -> list[Finding]:
    try:
        rule, ref = rules.entry(tx, one, one.mode, day)
    except (MarketNotOpen, NoRuleFits) as refusal:
        return [_finding(Reason.ENTRY_RULE, "market", str(refusal))]
    if rule.access == "invite_only" and not one.invited:
        return [_finding(Reason.ENTRY_RULE, "invited", f"{ref}: by invitation only")]
    if not rule.admits(company.country, company.holdings_bp):
        note = f"{ref} does not admit a company from {company.country} held like this"
        return [_finding(Reason.ENTRY_RULE, "country", note)]
    return []


def _finding(reason: Reason, field: str, note: str) -> Finding:
    return Finding(reason=reason, field=field, note=note)
