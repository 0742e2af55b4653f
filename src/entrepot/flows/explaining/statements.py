"""Why a statement or a payout came to its sum."""

from collections.abc import Sequence

from entrepot.contexts import ledger, settlement
from entrepot.contexts.settlement import Claim, ClaimId, Payout, PayoutId, Statement, StatementId
from entrepot.kernel.money import Currency, share
from entrepot.kernel.problems import each, only
from entrepot.kernel.tx import Tx

from .claims import dates
from .model import Explanation, Rule, Step, amount, percent

PAGE = 1_000


def explain_statement(tx: Tx, statement_id: StatementId) -> Explanation:
    """Every amount of a statement that this actor may see; `NotFound` otherwise."""
    statement = only(settlement.statements(tx, [statement_id]))
    claims = _claims(tx, statement_id)
    steps = [step for claim in claims for step in _claim(tx, claim)]
    steps += _sums(statement, claims)
    steps += _posted(tx, statement)
    return Explanation(subject=f"statement {statement.id}", steps=tuple(steps))


def explain_payout(tx: Tx, payout_id: PayoutId) -> Explanation:
    """Every amount of a payout that this actor may see; `NotFound` otherwise."""
    payout = only(settlement.payouts(tx, [payout_id]))
    paid = each(settlement.statements(tx, settlement.statements_of_payout(tx, payout_id)))
    currency = payout.amount.currency
    steps = [
        Step(
            what="sum of the statements",
            stored=amount(payout.amount.minor, currency),
            recomputed=amount(sum(statement.net_minor for statement in paid), currency),
            formula=" + ".join(str(statement.id) for statement in paid),
            rule=Rule.of(tx, payout.rule),
        ),
        _exchanged(payout),
    ]
    steps += _sent(tx, payout)
    return Explanation(subject=f"payout {payout.id}", steps=tuple(steps))


def _claims(tx: Tx, statement_id: StatementId) -> list[Claim]:
    found: list[Claim] = []
    after: ClaimId | None = None
    while True:
        page = settlement.claims_of_statement(tx, statement_id, after=after, limit=PAGE)
        found += page
        if len(page) < PAGE:
            return found
        after = page[-1].id


def _claim(tx: Tx, claim: Claim) -> list[Step]:
    currency = claim.amount.currency
    what = f"{claim.kind} {claim.source_id}:{claim.pos}"
    steps = dates(tx, claim)
    if "base" not in claim.breakdown and "units" not in claim.breakdown:
        terms = " ".join(
            f"{'+' if minor >= 0 else '-'} {name} {amount(abs(minor), currency)}"
            for name, minor in claim.breakdown.items()
        )
        steps.append(
            Step(
                what=what,
                stored=amount(claim.amount.minor, currency),
                recomputed=amount(sum(claim.breakdown.values()), currency),
                formula=terms,
            )
        )
    if claim.reserved_minor:
        held = share(claim.amount.minor, claim.reserve_bp, 10_000)
        steps.append(
            Step(
                what=f"reserve of {what}",
                stored=amount(claim.reserved_minor, currency),
                recomputed=amount(held, currency),
                formula=f"{percent(claim.reserve_bp * 100)} of the claim",
                rule=Rule.of(tx, claim.rules[-1]),
            )
        )
    return steps


def _sums(statement: Statement, claims: Sequence[Claim]) -> list[Step]:
    currency = statement.currency
    net = (
        statement.minor
        - statement.reserved_minor
        + statement.consumed_minor
        + statement.released_minor
    )
    rows = [
        ("claims", statement.claims, len(claims), "what is listed"),
        ("reserve held", statement.reserved_minor, sum(c.reserved_minor for c in claims), "sum"),
        ("sum of the claims", statement.minor, sum(c.amount.minor for c in claims), "sum"),
        ("net", statement.net_minor, net, "claims - held + consumed + released reserve"),
    ]
    return [
        Step(
            what=what,
            stored=str(stored) if what == "claims" else amount(stored, currency),
            recomputed=str(again) if what == "claims" else amount(again, currency),
            formula=formula,
        )
        for what, stored, again, formula in rows
    ]


def _posted(tx: Tx, statement: Statement) -> list[Step]:
    """The ledger has the same amounts: the statement is nothing but what was posted."""
    rows = ledger.entries_of(tx, [("statement", str(statement.id))])
    found = {row.account.purpose: row.amount.minor for row in rows}
    wanted = {
        ledger.Purpose.ON_HOLD: statement.minor,
        ledger.Purpose.AVAILABLE: -statement.net_minor,
    }
    return [
        Step(
            what=f"ledger: {purpose}",
            stored=amount(found.get(purpose, 0), statement.currency),
            recomputed=amount(minor, statement.currency),
            formula="as posted when the statement was closed",
        )
        for purpose, minor in wanted.items()
    ]


def _exchanged(payout: Payout) -> Step:
    currency = payout.payout.currency
    if payout.rate is None:
        return Step(
            what="paid out",
            stored=amount(payout.payout.minor, currency),
            recomputed=amount(payout.amount.minor, payout.amount.currency),
            formula="in the currency of the statements",
        )
    rate = payout.rate
    return Step(
        what="paid out",
        stored=amount(payout.payout.minor, currency),
        recomputed=amount(share(payout.amount.minor, rate.num, rate.den), currency),
        formula=f"{amount(payout.amount.minor, payout.amount.currency)} x {rate.num} / {rate.den}"
        f", {rate.source}, {rate.day_on}",
    )


def _sent(tx: Tx, payout: Payout) -> list[Step]:
    if not payout.attempt:
        return []
    rows = ledger.entries_of(tx, [("payout_sent", f"{payout.id}-{payout.attempt}")])
    left: dict[tuple[str, Currency], int] = {}
    for row in rows:
        key = (row.account.purpose, row.amount.currency)
        left[key] = left.get(key, 0) + row.amount.minor
    wanted = {
        (ledger.Purpose.AVAILABLE, payout.amount.currency): payout.amount.minor,
        (ledger.Purpose.PAYOUT_IN_TRANSIT, payout.payout.currency): -payout.payout.minor,
    }
    return [
        Step(
            what=f"ledger: {purpose}",
            stored=amount(left.get((purpose, currency), 0), currency),
            recomputed=amount(minor, currency),
            formula="as posted when it was sent",
        )
        for (purpose, currency), minor in wanted.items()
    ]
