"""From a draft to a shop, and all the ways back."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from entrepot import rulebook
from entrepot.contexts import merchants
from entrepot.contexts.merchants import (
    APPLICATION,
    Application,
    ApplicationId,
    ApplicationIncomplete,
    ApplicationNotFound,
    ApplicationState,
    ApplicationVerb,
    ChecksFailed,
    CompanyVerified,
    DeadlinePassed,
    Finding,
    MerchantNotFound,
    NewApplication,
    NumberKind,
    Reason,
    Rejection,
    SellerType,
    SendBack,
    ShopExists,
    ShopState,
)
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.problems import BadInput, Forbidden, Problem, only
from entrepot.kernel.tx import Tx
from entrepot.rulebook import MarketNotOpen
from tests.contexts.merchants.building import (
    MODE,
    OTHER_USCC,
    USCC,
    applied,
    as_owner,
    declared,
    facts,
    merchant,
    papers,
    rows,
    shop,
    submitted,
)


def state(outcome: Application | Problem) -> ApplicationState:
    assert isinstance(outcome, Application), outcome
    return outcome.state


def reasons(tx: Tx, one: Application) -> list[tuple[Reason, str]]:
    return [
        (correction.finding.reason, correction.finding.field)
        for correction in merchants.corrections(tx, [one.id])
    ]


def test_a_good_application_becomes_a_shop_in_probation(tx: Tx) -> None:
    one = submitted(tx)
    assert state(only(merchants.review(tx, [one.id]))) is ApplicationState.IN_REVIEW
    done = only(merchants.approve(tx, [one.id]))

    assert (done.state, done.rule) == (ApplicationState.OPENED, "admission/us/2023-01-01@1")
    assert done.shop_id is not None
    opened = merchants.shops(tx, [done.shop_id])[done.shop_id]
    assert (opened.state, opened.stage) == (ShopState.PROBATION, "beginner")
    assert (opened.merchant_id, opened.mode) == (one.merchant_id, MODE)
    assert merchants.companies(tx, [one.merchant_id])[one.merchant_id].verified_at == tx.now
    assert facts(tx) == [
        "merchants.application_moved",
        "merchants.application_moved",
        "merchants.shop_opened",
        "merchants.application_moved",
    ]
    history = tx.sql.scalars(
        text("select after from merchants.history where subject = :id order by id"),
        {"id": int(one.id)},
    )
    assert [*history] == ["draft", "submitted", "in_review", "opened"]


def test_three_faults_end_in_three_corrections(tx: Tx) -> None:
    first = submitted(tx)
    expired = submitted(tx, OTHER_USCC, expires_on=date(2024, 3, 31))
    mistyped = submitted(tx, USCC[:-1] + "M")
    twin = submitted(tx)

    ids = [one.id for one in (first, expired, mistyped, twin)]
    outcomes = merchants.review(tx, ids)

    assert [state(one) for one in outcomes] == [
        ApplicationState.IN_REVIEW,
        *[ApplicationState.NEEDS_CORRECTION] * 3,
    ]
    assert reasons(tx, first) == []
    assert reasons(tx, expired) == [(Reason.DOCUMENT_EXPIRED, "documents.licence")]
    assert reasons(tx, mistyped) == [(Reason.COMPANY_NUMBER_INVALID, "number")]
    assert reasons(tx, twin) == [(Reason.DUPLICATE_LEGAL_PERSON, "number")]
    due = [one.due_at for one in outcomes if isinstance(one, Application)]
    assert due == [None, *[tx.now + timedelta(days=14)] * 3]


def test_all_faults_are_told_at_once(tx: Tx) -> None:
    submitted(tx)
    one = submitted(tx, expires_on=date(2024, 3, 31))
    merchants.review(tx, [one.id])
    assert reasons(tx, one) == [
        (Reason.DOCUMENT_EXPIRED, "documents.licence"),
        (Reason.DUPLICATE_LEGAL_PERSON, "number"),
    ]


def test_a_document_holds_through_its_last_day_in_the_market(tx: Tx) -> None:
    one = submitted(tx, expires_on=date(2024, 4, 1))
    night = replace(tx, now=tx.now + timedelta(hours=15))  # Still the first of April in the US.
    assert state(only(merchants.review(night, [one.id]))) is ApplicationState.IN_REVIEW


def test_a_corrected_application_goes_on(tx: Tx) -> None:
    one = submitted(tx, expires_on=date(2024, 3, 31))
    merchants.review(tx, [one.id])
    papers(tx, one.merchant_id)

    again = only(merchants.submit(as_owner(tx, one.merchant_id), [one.id]))
    assert (again.state, again.due_at) == (ApplicationState.SUBMITTED, None)
    assert merchants.corrections(tx, [one.id])[0].answered_at == tx.now
    merchants.review(tx, [one.id])
    assert state(only(merchants.approve(tx, [one.id]))) is ApplicationState.OPENED


@pytest.mark.parametrize(
    ("numbered", "holdings", "admitted"),
    [
        (("HK", NumberKind.OTHER, "1234567"), {}, True),
        (("US", NumberKind.US_EIN, "91-1144442"), {"CN": 2_500}, False),
        (("US", NumberKind.US_EIN, "91-1144442"), {"CN": 2_000, "HK": 501}, True),
        (("US", NumberKind.US_EIN, "91-1144442"), {"DE": 9_000}, False),
        (("DE", NumberKind.DE_VAT, "DE 136,695 976"), {"CN": 9_000}, False),
    ],
)
def test_the_us_admit_chinese_companies_and_held_ones(
    tx: Tx, numbered: tuple[str, NumberKind, str], holdings: dict[str, int], admitted: bool
) -> None:
    owner = merchant(tx)
    country, kind, number = numbered
    declared(tx, owner, number, country=country, number_kind=kind, holdings_bp=holdings)
    papers(tx, owner)
    one = only(merchants.submit(tx, [applied(tx, owner).id]))
    merchants.review(tx, [one.id])
    assert reasons(tx, one) == ([] if admitted else [(Reason.ENTRY_RULE, "country")])


@pytest.mark.parametrize(
    ("kind", "country", "right", "wrong"),
    [
        (NumberKind.BR_CNPJ, "BR", "16.727.230/0001-97", "16.727.230/0001-98"),
        (NumberKind.CN_USCC, "CN", USCC, USCC[:-1] + "M"),
        (NumberKind.DE_REGISTER, "DE", "Aachen HRA 11223", "Atlantis HRA 11223"),
        (NumberKind.DE_VAT, "DE", "DE 136,695 976", "DE 136,695 977"),
        (NumberKind.GB_COMPANY, "GB", "SC 123456", "S 1234567"),
        (NumberKind.GB_VAT, "GB", "GB 980 7806 84", "GB 980 7806 85"),
        (NumberKind.TH_MOA, "TH", "0 10 5 536 11201 4", "0 10 5 536 11201 5"),
        (NumberKind.US_EIN, "US", "91-1144442", "07-1144442"),
    ],
)
def test_company_numbers_are_checked_as_their_register_does(
    kind: NumberKind, country: str, right: str, wrong: str
) -> None:
    from entrepot.contexts.merchants import numbers

    compact = numbers.checked(kind, right)
    assert compact is not None and numbers.checked(kind, compact) == compact
    assert numbers.checked(kind, wrong) is None
    assert numbers.fits(kind, country) and not numbers.fits(kind, "HK")


def test_what_is_incomplete_is_not_handed_in(tx: Tx) -> None:
    owner = merchant(tx)
    one = applied(tx, owner)
    [nothing] = merchants.submit(tx, [one.id])
    assert isinstance(nothing, ApplicationIncomplete)
    assert nothing.members["missing"] == ["company", "licence", "representative_id"]
    declared(tx, owner, payment_account=None, self_certified_at=None)
    papers(tx, owner)
    [trader] = merchants.submit(tx, [one.id])
    assert isinstance(trader, ApplicationIncomplete)
    assert trader.members["missing"] == ["payment_account", "self_certified_at"]
    assert merchants.applications(tx, [one.id]) == [one]
    assert facts(tx) == []


def test_each_wish_for_a_shop_has_its_own_outcome(tx: Tx) -> None:
    owner, other = merchant(tx), merchant(tx)
    wish = NewApplication(
        merchant_id=owner,
        shop_name="Lanterns",
        market="us",
        mode=MODE,
        seller_type=SellerType.LOCAL,
    )
    good, foreign, invited, name, nowhere, barter = merchants.apply(
        as_owner(tx, owner),
        [
            wish,
            replace(wish, merchant_id=other),
            replace(wish, invited=True),
            replace(wish, shop_name=" "),
            replace(wish, market="xx"),
            replace(wish, mode="barter"),
        ],
    )
    assert state(good) is ApplicationState.DRAFT
    assert isinstance(foreign, MerchantNotFound)
    assert isinstance(invited, Forbidden)
    assert isinstance(name, BadInput)
    assert isinstance(nowhere, MarketNotOpen) and isinstance(barter, MarketNotOpen)
    assert rows(tx, "applications") == 1


def test_deadlines_hold_whenever_the_sweep_comes(tx: Tx) -> None:
    one = submitted(tx, expires_on=date(2024, 3, 31))
    merchants.review(tx, [one.id])
    due_at = tx.now + timedelta(days=14)
    assert merchants.expire(replace(tx, now=due_at - timedelta(seconds=1))) == 0
    late = replace(tx, now=due_at + timedelta(days=3))
    assert isinstance(merchants.submit(late, [one.id])[0], DeadlinePassed)

    assert merchants.expire(late) == 1

    assert state(merchants.applications(tx, [one.id])[0]) is ApplicationState.EXPIRED
    at = tx.sql.execute(
        text("select occurred_at from events.fresh order by serial desc limit 1")
    ).scalar_one()
    assert at == due_at
    assert merchants.expire(late) == 0


def test_a_deposit_is_awaited_where_the_rule_asks_for_one(tx: Tx) -> None:
    one, lapsing = _with_deposit(tx, USCC), _with_deposit(tx, OTHER_USCC)
    assert one.due_at == tx.now + timedelta(days=30)
    assert one.shop_id is None
    done = only(merchants.confirm_deposits(tx, [one.id]))
    assert done.state is ApplicationState.OPENED and done.shop_id is not None
    assert isinstance(merchants.confirm_deposits(tx, [one.id])[0], IllegalMove)
    late = replace(tx, now=tx.now + timedelta(days=30))
    assert isinstance(merchants.confirm_deposits(late, [lapsing.id])[0], DeadlinePassed)
    assert merchants.expire(late) == 1
    assert rows(tx, "shops") == 1


def _with_deposit(tx: Tx, number: str) -> Application:
    """The shipped rules ask for no deposit: their text is given one."""
    book = rulebook.of(tx)
    asking = [
        rulebook.parse(
            version.content.replace('kind = "shop"', 'deposit_minor = 50000\nkind = "shop"'),
            version.id,
        )
        for version in book.all()
        if version.topic == rulebook.Admission.topic
    ]
    others = [one for one in book.all() if one.topic != rulebook.Admission.topic]
    strict = replace(tx, rules=rulebook.Rulebook.of_versions([*others, *asking]))
    one = submitted(strict, number)
    merchants.review(strict, [one.id])
    waiting = only(merchants.approve(strict, [one.id]))
    assert waiting.state is ApplicationState.AWAITING_DEPOSIT
    return waiting


def test_approval_looks_again(tx: Tx) -> None:
    one = submitted(tx, expires_on=date(2024, 4, 10))
    merchants.review(tx, [one.id])
    later = replace(tx, now=tx.now + timedelta(days=10))
    [refused] = merchants.approve(later, [one.id])
    assert isinstance(refused, ChecksFailed)
    assert refused.members["reasons"] == ["document-expired"]
    back = Finding(reason=Reason.OTHER, field="shop_name", note="a brand of somebody else")
    wishes = [
        SendBack(application_id=one.id, findings=(back,)),
        SendBack(application_id=one.id, findings=()),
        SendBack(application_id=one.id, findings=(back,)),
    ]
    sent, empty, twice = merchants.send_back(tx, wishes)
    assert state(sent) is ApplicationState.NEEDS_CORRECTION
    assert isinstance(empty, BadInput) and isinstance(twice, IllegalMove)
    assert reasons(tx, one) == [(Reason.OTHER, "shop_name")]


def test_a_shop_that_came_in_between_stops_the_approval(tx: Tx) -> None:
    one = submitted(tx)
    merchants.review(tx, [one.id])
    shop(tx, one.merchant_id)
    [refused] = merchants.approve(tx, [one.id])
    assert isinstance(refused, ShopExists)
    assert state(merchants.applications(tx, [one.id])[0]) is ApplicationState.IN_REVIEW
    assert merchants.companies(tx, [one.merchant_id])[one.merchant_id].verified_at is None


def test_a_verified_company_stays(tx: Tx) -> None:
    one = submitted(tx)
    merchants.review(tx, [one.id])
    merchants.approve(tx, [one.id])
    company = merchants.companies(tx, [one.merchant_id])[one.merchant_id]
    [refused] = merchants.declare_companies(tx, [replace(company, legal_name="Other")])
    assert isinstance(refused, CompanyVerified)
    assert merchants.companies(tx, [one.merchant_id])[one.merchant_id] == company


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"legal_name": " "}, "legal_name"),
        ({"number": " "}, "number"),
        ({"number_kind": NumberKind.US_EIN}, "number_kind"),
        ({"holdings_bp": {"CN": 9_000, "HK": 1_001}}, "holdings_bp"),
        ({"holdings_bp": {"CN": -1}}, "holdings_bp"),
    ],
)
def test_nonsense_is_not_declared(tx: Tx, change: dict[str, object], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        declared(tx, merchant(tx), **change)  # type: ignore[arg-type]
    assert refused.value.members == {"field": field}
    assert rows(tx, "companies") == 0


def test_others_see_nothing_and_decide_nothing(tx: Tx) -> None:
    one = submitted(tx)
    stranger, owner = as_owner(tx, merchant(tx)), as_owner(tx, one.merchant_id)
    for act in (merchants.submit, merchants.withdraw, merchants.review, merchants.approve):
        assert isinstance(act(stranger, [one.id])[0], ApplicationNotFound)
    for act in (merchants.review, merchants.approve, merchants.confirm_deposits):
        assert isinstance(act(owner, [one.id])[0], Forbidden)
    no = Rejection(application_id=one.id, reason="risk")
    assert isinstance(merchants.reject(owner, [no])[0], Forbidden)
    assert merchants.applications_page(stranger) == []
    assert merchants.companies(stranger, [one.merchant_id]) == {}
    assert merchants.documents(stranger, [one.merchant_id]) == {one.merchant_id: []}
    assert merchants.applications_page(owner) == [one]
    assert state(only(merchants.withdraw(owner, [one.id]))) is ApplicationState.WITHDRAWN


def test_a_document_that_lapses_is_told_once_as_of_its_end(tx: Tx) -> None:
    owner = merchant(tx)
    papers(tx, owner, expires_on=date(2024, 3, 20))
    assert merchants.lapse_documents(tx) == 1
    assert merchants.lapse_documents(tx) == 0
    told = tx.sql.execute(text("select * from events.fresh where name like 'merchants.%'")).all()
    assert [(fact.name, fact.subject, f"{fact.occurred_at:%F %T}") for fact in told] == [
        ("merchants.document_expired", owner, "2024-03-21 00:00:00")
    ]


@pytest.mark.parametrize("verb", ApplicationVerb)
@pytest.mark.parametrize("before", ApplicationState)
def test_every_state_and_verb(before: ApplicationState, verb: ApplicationVerb) -> None:
    expected = APPLICATION.moves[before].get(verb)
    if expected is None:
        with pytest.raises(IllegalMove):
            APPLICATION.after(before, verb)
    else:
        assert APPLICATION.after(before, verb) is expected


Act = Callable[[Tx, Sequence[ApplicationId]], list[Application | Problem]]
ACTS: dict[ApplicationVerb, Act] = {
    ApplicationVerb.SUBMIT: merchants.submit,
    ApplicationVerb.REVIEW: merchants.review,
    ApplicationVerb.OPEN: merchants.approve,
    ApplicationVerb.WITHDRAW: merchants.withdraw,
    ApplicationVerb.REJECT: lambda tx, ids: merchants.reject(
        tx, [Rejection(application_id=id, reason="risk") for id in ids]
    ),
    ApplicationVerb.CORRECT: lambda tx, ids: merchants.send_back(
        tx,
        [
            SendBack(
                application_id=id,
                findings=(Finding(reason=Reason.OTHER, field="x", note="y"),),
            )
            for id in ids
        ],
    ),
}

# The others are reached by a deadline and a deposit, in tests of their own.
BY_ACTS = [
    each
    for each in ApplicationState
    if each not in {ApplicationState.EXPIRED, ApplicationState.AWAITING_DEPOSIT}
]


@pytest.mark.parametrize("verb", ACTS, ids=str)
@pytest.mark.parametrize("before", BY_ACTS, ids=str)
def test_every_act_keeps_to_the_table(
    tx: Tx, before: ApplicationState, verb: ApplicationVerb
) -> None:
    one = _brought_to(tx, before)
    told = facts(tx)
    [outcome] = ACTS[verb](tx, [one.id])
    expected = APPLICATION.moves[before].get(verb)
    if expected is None:
        assert isinstance(outcome, IllegalMove)
        assert merchants.applications(tx, [one.id]) == [one]
        assert facts(tx) == told
    else:
        assert state(outcome) is expected


def _brought_to(tx: Tx, wanted: ApplicationState) -> Application:
    owner = merchant(tx)
    declared(tx, owner)
    papers(tx, owner)
    one = applied(tx, owner)
    paths: dict[ApplicationState, list[ApplicationVerb]] = {
        ApplicationState.DRAFT: [],
        ApplicationState.SUBMITTED: [ApplicationVerb.SUBMIT],
        ApplicationState.IN_REVIEW: [ApplicationVerb.SUBMIT, ApplicationVerb.REVIEW],
        ApplicationState.WITHDRAWN: [ApplicationVerb.WITHDRAW],
    }
    reviewed = paths[ApplicationState.IN_REVIEW]
    paths[ApplicationState.NEEDS_CORRECTION] = [*reviewed, ApplicationVerb.CORRECT]
    paths[ApplicationState.REJECTED] = [*reviewed, ApplicationVerb.REJECT]
    paths[ApplicationState.OPENED] = [*reviewed, ApplicationVerb.OPEN]
    for verb in paths[wanted]:
        one = only(ACTS[verb](tx, [one.id]))
    assert one.state is wanted
    return one
