"""What merchants say about themselves, and show."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from entrepot.contexts import identity
from entrepot.contexts.merchants import numbers, store
from entrepot.contexts.merchants.access import Permission
from entrepot.contexts.merchants.events import DocumentExpired
from entrepot.contexts.merchants.model import Company, Document, NewDocument
from entrepot.contexts.merchants.problems import CompanyVerified, MerchantNotFound
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.events import emit
from entrepot.kernel.problems import BadInput, Problem
from entrepot.kernel.tx import Tx

WHOLE_BP = 10_000


def declare_companies(tx: Tx, wishes: Sequence[Company]) -> list[Company | Problem]:
    """Say which legal person a merchant is. Until it is verified, saying it again corrects it."""
    refusals = _refusals(tx, {wish.merchant_id for wish in wishes})
    known = store.companies_by_ids(tx, {wish.merchant_id for wish in wishes})
    outcomes: dict[OrganisationId, Company | Problem] = {}
    for wish in wishes:  # Of two wishes for one merchant, the later one stays.
        before = known.get(wish.merchant_id)
        if refusal := refusals.get(wish.merchant_id):
            outcomes[wish.merchant_id] = refusal
        elif before is not None and before.verified_at is not None:
            outcomes[wish.merchant_id] = CompanyVerified(wish.merchant_id)
        else:
            outcomes[wish.merchant_id] = _tidied(wish)
    store.save_companies(tx, [one for one in outcomes.values() if isinstance(one, Company)])
    return [outcomes[wish.merchant_id] for wish in wishes]


def file_documents(tx: Tx, wishes: Sequence[NewDocument]) -> list[Document | Problem]:
    """Hand in documents. A newer one of a kind replaces the one before."""
    refusals = _refusals(tx, {wish.merchant_id for wish in wishes})
    accepted = [wish for wish in wishes if wish.merchant_id not in refusals and wish.file]
    filed = iter(store.add_documents(tx, accepted))
    return [
        refusals[wish.merchant_id]
        if wish.merchant_id in refusals
        else next(filed)
        if wish.file
        else BadInput("file", "upload the document first and give its reference")
        for wish in wishes
    ]


def lapse_documents(tx: Tx, at_most: int = 500) -> int:
    """Tell of documents whose last day is over, as of its end. A sweep: no permission is asked."""
    lapsed = store.lapse_documents(tx, tx.now.date(), at_most)
    facts = [
        DocumentExpired(at=at, document_id=one.id, merchant_id=one.merchant_id, kind=one.kind)
        for one, at in lapsed
    ]
    emit(tx, facts)
    return len(lapsed)


def _refusals(tx: Tx, ids: Collection[OrganisationId]) -> dict[OrganisationId, Problem]:
    known = identity.known(tx, sorted(ids))
    may = Permission.ONBOARDING_SUBMIT
    return {id: MerchantNotFound(id) for id in ids if id not in known or not tx.actor.may(may, id)}


def _tidied(wish: Company) -> Company | Problem:
    if not wish.legal_name.strip():
        return BadInput("legal_name", "give the name in the register")
    if not numbers.fits(wish.number_kind, wish.country):
        return BadInput("number_kind", f"{wish.country} does not give such numbers")
    shares = wish.holdings_bp.values()
    if any(share < 0 for share in shares) or sum(shares) > WHOLE_BP:
        return BadInput("holdings_bp", "shares are not negative and at most 10000 together")
    number = numbers.stored(wish.number_kind, wish.number)
    if not number:
        return BadInput("number", "give the company's number")
    return replace(wish, number=number, verified_at=None)
