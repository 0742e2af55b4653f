"""Every state, every verb, every side: what the table lists and nothing else."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import text

from entrepot.contexts import aftersales
from entrepot.contexts.aftersales import (
    CASE,
    Bearer,
    Case,
    CaseFilter,
    CaseLine,
    CaseStep,
    Evidence,
    Kind,
    Label,
    NewCase,
    NotYourTurn,
    Reason,
    Role,
    Standing,
    State,
    Verb,
)
from entrepot.contexts.orders import OrderId
from entrepot.kernel.access import Actor, Grant, OrganisationId, PersonId
from entrepot.kernel.money import Currency
from entrepot.kernel.problems import Problem, only
from entrepot.kernel.tx import Tx
from entrepot.rulebook import AftersaleCosts, AftersaleTimers
from entrepot.rulebook import of as rules_of
from tests.contexts.orders import made

BUYER = PersonId(77)
PATHS: dict[State, list[Verb]] = {CASE.initial: []}
while unseen := [
    (state, verb, after)
    for state, path in PATHS.items()
    for verb, after in CASE.moves[state].items()
    if after not in PATHS
]:
    start, last, end = unseen[0]
    PATHS[end] = [*PATHS[start], last]


def opened(tx: Tx, kind: Kind = Kind.RETURN_AND_REFUND, order: OrderId | None = None) -> Case:
    """A case about two units that arrived."""
    order = order or made.delivered(tx, made.Wanted(2, 10_00))
    head = made.head(tx, order)
    wish = NewCase(
        order_id=order,
        group_id=head.group_id,
        buyer_id=BUYER,
        shop_id=head.shop_id,
        merchant_id=head.merchant_id,
        market=head.market,
        mode=head.mode,
        seller_type=head.seller_type,
        currency=Currency.USD,
        kind=kind,
        opened_by=Role.BUYER,
        reason="damaged",
        refund_as=Reason.DAMAGED,
        seller_fault=True,
        lines=(CaseLine(pos=1, units=(0, 1), minor=10_00),),
        timers=rules_of(tx).on(AftersaleTimers, "us", tx.now.date()).ref,
        costs=rules_of(tx).on(AftersaleCosts, "us", tx.now.date()).ref,
        way_back_bearer=Bearer.MERCHANT,
    )
    [case] = aftersales.open_cases(made.later(tx), [wish])
    return case


def step(case: Case, verb: Verb, role: Role, **more: object) -> CaseStep:
    """With all that any verb needs."""
    reason = "used_or_damaged" if case.state is State.SENT_BACK else "no_fault_found"
    wish = CaseStep(
        case_id=case.id, verb=verb, role=role, reason=reason, minor=4_00, tracking_number="R1"
    )
    return replace(wish, **more)  # type: ignore[arg-type]


def side(case: Case, verb: Verb) -> Role:
    return next(role for role in Role if aftersales.may(role, verb, case.state))


def brought(tx: Tx, state: State) -> Case:
    """A case in a state, by moves that are allowed."""
    case = opened(tx)
    for verb in PATHS[state]:
        moved = aftersales.step(made.later(tx), [step(case, verb, side(case, verb))])
        _, case = only(moved)
    assert case.state is state
    return case


def read(tx: Tx, case: Case) -> Case:
    return only(aftersales.cases(tx, [case.id]))


def test_every_state_can_be_reached() -> None:
    assert set(PATHS) == set(State) == set(CASE.moves)


@pytest.mark.parametrize("state", State)
def test_every_verb_of_every_side(tx: Tx, state: State) -> None:
    """What is refused changes nothing, so one case serves all refusals of a state."""
    case = brought(tx, state)
    told = len(aftersales.records(tx, case.id))
    for verb, role in product(Verb, Role):
        if verb in case.verbs() and aftersales.may(role, verb, state):
            _is_done(tx, state, verb, role)
        else:
            [outcome] = aftersales.step(made.later(tx), [step(case, verb, role)])
            assert isinstance(outcome, NotYourTurn), (verb, role)
    assert read(tx, case) == case
    assert len(aftersales.records(tx, case.id)) == told


def _is_done(tx: Tx, state: State, verb: Verb, role: Role) -> None:
    case = brought(tx, state)
    told = len(aftersales.records(tx, case.id))

    before, after = only(aftersales.step(made.later(tx), [step(case, verb, role)]))

    assert (before, after) == (case, read(tx, case))
    assert after.state is CASE.moves[state][verb]
    [row] = aftersales.records(tx, case.id)[told:]
    assert (row.verb, row.before, row.after, row.role) == (verb, state, after.state, role)


def test_all_that_runs_out_can_be_done_by_itself(tx: Tx) -> None:
    for state in State:
        case = brought(tx, state)
        if case.due_at is not None:
            verb = aftersales.by_itself(case)
            assert verb in case.verbs()
            assert aftersales.may(Role.SYSTEM, verb, state)
        else:
            assert state in {
                State.IN_ARBITRATION, State.GRANTED, State.COMPLETED, State.CLOSED,
            }  # fmt: skip


def test_clocks_are_those_of_the_rule(tx: Tx) -> None:
    spans = {
        State.REQUESTED: timedelta(hours=48),
        State.OFFERED: timedelta(hours=48),
        State.REFUSED: timedelta(hours=48),
        State.AWAITING_GOODS: timedelta(days=5),
        State.SENT_BACK: timedelta(days=8),
    }
    for state, span in spans.items():
        case = brought(tx, state)
        assert case.due_at == case.changed_at + span
    earliest = aftersales.next_case_due_at(tx)
    assert earliest == tx.now + timedelta(hours=48)
    assert len(aftersales.due_cases(tx, earliest)) == 3


def test_reasons_are_those_of_the_rule(tx: Tx) -> None:
    case = opened(tx)
    [outcome] = aftersales.step(
        made.later(tx), [step(case, Verb.REFUSE, Role.MERCHANT, reason="because")]
    )
    assert isinstance(outcome, Problem) and "no_fault_found" in str(outcome)
    found = aftersales.reasons(tx, "us", tx.now, aftersales.Use.REFUSE, Kind.REPLACEMENT)
    assert "no_stock_left" in [row.code for row in found]
    assert "not_returnable" not in [row.code for row in found]
    [one] = [row for row in found if row.code == "no_fault_found"]
    assert one.text("zh-CN") == "商品与描述一致"
    assert one.text("en-US") == "The item matches its description"


def test_evidence_until_its_last_day(tx: Tx) -> None:
    case = brought(tx, State.IN_ARBITRATION)
    shown = Evidence(case_id=case.id, role=Role.BUYER, note="see the crack", files=(5,))

    only(aftersales.add_evidence(made.later(tx), [shown]))
    [late] = aftersales.add_evidence(made.later(tx, timedelta(days=4)), [shown])

    assert isinstance(late, NotYourTurn)
    *_, last = aftersales.records(tx, case.id)
    assert (last.verb, last.note, last.files, last.role) == (
        "show",
        "see the crack",
        (5,),
        Role.BUYER,
    )


def test_a_label_is_given_before_anything_is_sent(tx: Tx) -> None:
    case = brought(tx, State.AWAITING_GOODS)
    label = Label(case_id=case.id, carrier="usps", tracking_number="L1", file_id=9)
    given = only(aftersales.give_labels(made.later(tx), [label]))
    assert (given.carrier, given.tracking_number, given.label_file) == ("usps", "L1", 9)
    only(
        aftersales.step(
            made.later(tx), [step(given, Verb.SEND_BACK, Role.BUYER, tracking_number="")]
        )
    )
    sent = read(tx, case)
    assert (sent.state, sent.tracking_number) == (State.SENT_BACK, "L1")
    [late] = aftersales.give_labels(made.later(tx), [label])
    assert isinstance(late, NotYourTurn)


def test_who_sees_a_case(tx: Tx) -> None:
    case = opened(tx)
    foreign = Actor("person:1", {Grant("refund:read", OrganisationId(4_711))})
    merchant = Actor("person:2", {Grant("refund:read", case.merchant_id)})
    buyer = Actor("person:77", person=BUYER)
    guest = Actor("guest", signed=frozenset({case.group_id}))

    def sees(actor: Actor) -> list[Case]:
        return aftersales.case_page(replace(tx, actor=actor), CaseFilter())

    program = Actor("token:1", person=BUYER, by_token=True)
    assert sees(foreign) == sees(program) == sees(Actor("guest")) == []
    assert [one.id for one in sees(merchant)] == [one.id for one in sees(buyer)] == [case.id]
    assert [one.id for one in sees(guest)] == [case.id]
    [hidden] = aftersales.cases(replace(tx, actor=foreign), [case.id])
    assert isinstance(hidden, aftersales.CaseNotFound)


def test_lists_by_what_is_asked(tx: Tx) -> None:
    first, second = opened(tx, Kind.REFUND), opened(made.later(tx, timedelta(hours=1)))
    only(
        aftersales.step(made.later(tx, timedelta(hours=2)), [step(first, Verb.GRANT, Role.SYSTEM)])
    )

    def found(**wanted: object) -> list[int]:
        rows = aftersales.case_page(tx, CaseFilter(**wanted))  # type: ignore[arg-type]
        return [row.id for row in rows]

    assert found() == [second.id, first.id]
    assert found(rising=True) == [first.id, second.id]
    assert found(by_change=True) == [first.id, second.id]
    assert found(kinds=(Kind.REFUND,)) == found(ids=(first.id,)) == [first.id]
    assert found(standings=(Standing(state=State.REQUESTED),)) == [second.id]
    assert found(standings=(Standing(sent=True),)) == []
    assert found(opened_from=second.opened_at) == [second.id]
    assert found(opened_before=second.opened_at) == [first.id]
    assert found(buyer_ids=(PersonId(5),)) == []
    assert found(order_ids=(first.order_id,)) == [first.id]
    assert aftersales.count_cases(tx, CaseFilter()) == 2
    page = aftersales.case_page(tx, CaseFilter(), limit=1)
    rest = aftersales.case_page(tx, CaseFilter(), after=(page[0].opened_at, page[0].id))
    assert [row.id for row in [*page, *rest]] == [second.id, first.id]


def test_each_step_is_told(tx: Tx) -> None:
    case = brought(tx, State.IN_ARBITRATION)
    rows = tx.sql.execute(
        text(
            "select payload->>'verb', payload->>'before', payload->>'after', payload->>'by'"
            " from events.fresh where name = 'aftersales.case_moved' and subject = :order"
            " order by serial"
        ),
        {"order": int(case.order_id)},
    )
    assert [tuple(row) for row in rows] == [
        ("open", None, "requested", "buyer"),
        ("refuse", "requested", "refused", "merchant"),
        ("escalate", "refused", "in_arbitration", "buyer"),
    ]
