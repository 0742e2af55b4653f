"""Cases in random lives: opened about anything, and taken any way that somebody may."""

from typing import Any

from entrepot.contexts import aftersales
from entrepot.contexts.aftersales import Grade, Kind, Label, Role, State, Verb, may
from entrepot.flows import returning
from entrepot.flows.returning import OpenCase
from entrepot.kernel.problems import only

FAULTLESS = {Kind.REFUND: "goodwill", Kind.RETURN_AND_REFUND: "no_longer_wanted"}


def open_case(story: Any, act: Any) -> None:
    """Somebody wants something of a part of an order, whatever else happens to it."""
    order = story._order(act)
    kind = [*Kind][act.much % 3]
    merchant = act.much % 7 == 0 and kind is not Kind.REPLACEMENT
    wish = OpenCase(
        order_id=order.id,
        kind=kind,
        role=Role.MERCHANT if merchant else Role.BUYER,
        reason=FAULTLESS.get(kind, "damaged") if act.much % 2 else "damaged",
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
    """Take it a step further that decides nothing; a label is given on the way, or none."""
    _label(story, act)
    _step(story, act, Verb.OFFER, Verb.SEND_BACK, Verb.ESCALATE, Verb.GRANT_RETURN)


def deny(story: Any, act: Any) -> None:
    """The operator rules for the merchant."""
    _step(story, act, Verb.DENY)


def _label(story: Any, act: Any) -> None:
    """The seller gives the way back of one case, or of two in one parcel if they can be."""
    if not story.opened or act.much % 3 == 0:
        return
    ids = {story.opened[(act.which + n) % len(story.opened)] for n in range(1 + act.much % 2)}
    labels = [Label(case_id=id, carrier="usps", tracking_number="R1") for id in sorted(ids)]
    story.life.do(lambda tx: returning.give_labels(tx, labels))


def _step(story: Any, act: Any, *verbs: Verb) -> None:
    """One of some verbs that a case allows, by one who may."""
    if not story.opened:
        return
    id = story.opened[act.which % len(story.opened)]
    case = story.life.do(lambda tx: only(aftersales.cases(tx, [id])))
    fitting = [verb for verb in verbs if verb in case.verbs()]
    can = [(verb, role) for verb in fitting for role in Role if may(role, verb, case.state)]
    if can:
        verb, role = can[act.much % len(can)]
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
