"""Cases in random lives: opened about anything, and taken any way that somebody may."""

from typing import Any

from entrepot.contexts import aftersales
from entrepot.contexts.aftersales import Grade, Kind, Role, State, Verb, may
from entrepot.flows.returning import OpenCase
from entrepot.kernel.problems import only


def open_case(story: Any, act: Any) -> None:
    """Somebody wants something of a part of an order, whatever else happens to it."""
    order = story._order(act)
    kind = [*Kind][act.much % 3]
    merchant = act.much % 7 == 0 and kind is not Kind.REPLACEMENT
    wish = OpenCase(
        order_id=order.id,
        kind=kind,
        role=Role.MERCHANT if merchant else Role.BUYER,
        reason="damaged",
        units=story._part(order, "shipped", act) if act.much < 80 else None,
    )
    story.opened.append(story.life.open_case(wish).id)


def grant(story: Any, act: Any) -> None:
    """Give in, or judge what came back."""
    _step(story, act, Verb.GRANT, Verb.GRANT_RETURN, Verb.RECEIVE, Verb.ACCEPT)


def refuse(story: Any, act: Any) -> None:
    """Say no, on whichever side."""
    _step(story, act, Verb.REFUSE, Verb.DENY, Verb.DECLINE, Verb.WITHDRAW)


def go_on(story: Any, act: Any) -> None:
    """Take it a step further that decides nothing."""
    _step(story, act, Verb.OFFER, Verb.SEND_BACK, Verb.ESCALATE, Verb.GRANT_RETURN)


def deny(story: Any, act: Any) -> None:
    """The operator rules for the merchant."""
    _step(story, act, Verb.DENY)


def _step(story: Any, act: Any, *verbs: Verb) -> None:
    """The first of some verbs that a case allows, by the first who may."""
    if not story.opened:
        return
    id = story.opened[act.which % len(story.opened)]
    case = story.life.do(lambda tx: only(aftersales.cases(tx, [id])))
    fitting = [verb for verb in verbs if verb in case.verbs()]
    can = [(verb, role) for verb in fitting for role in Role if may(role, verb, case.state)]
    if can:
        verb, role = can[0]
        back = case.state is State.SENT_BACK
        story.life.step(
            case,
            verb,
            role,
            reason="used_or_damaged" if back else "no_fault_found",
            minor=max(1, case.asked.minor * act.much // 101),
            tracking_number="R1",
            grade=[*Grade][act.much % 3],
        )
