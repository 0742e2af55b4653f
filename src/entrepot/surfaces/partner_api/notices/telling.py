"""Reads the log and writes, for each fact, a delivery to each app that wants to hear of it."""

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from entrepot.contexts import integrations, merchants
from entrepot.contexts.integrations import AuthorisationRevoked
from entrepot.kernel.events import Event, Subscriber
from entrepot.kernel.tx import Tx

from . import authorisations, guidance, orders, packages, products, promotions, returns, stock
from .kinds import Kind
from .tellers import Notice, Teller, seconds

deliveries = integrations.deliveries

AREAS = (orders, packages, products, stock, guidance, returns, promotions, authorisations)
TELLERS: tuple[Teller, ...] = tuple(teller for area in AREAS for teller in area.tellers.all)
KINDS: tuple[Kind, ...] = tuple(sorted({one.kind for one in TELLERS}, key=lambda one: one.type))
FACTS: tuple[type[Event], ...] = tuple(
    sorted({kind for one in TELLERS for kind in one.of}, key=lambda kind: kind.name)
)
Told = tuple[Kind, Notice]


def tell(tx: Tx, facts: Sequence[Event]) -> None:
    """Everything that apps are to hear of these facts, in the order of the facts."""
    _drop(tx, facts)
    heard = deliveries.events_heard(tx, [kind.name for kind in KINDS])
    told = _told(tx, facts, heard) if heard else []
    if told:
        deliveries.send(tx, [*_addressed(tx, told)])


def _drop(tx: Tx, facts: Sequence[Event]) -> None:
    out = {(f.app_id, f.organisation_id) for f in facts if isinstance(f, AuthorisationRevoked)}
    deliveries.drop(tx, out)


def _told(tx: Tx, facts: Sequence[Event], heard: set[str]) -> list[Told]:
    """Notices that somebody may want, in the order of their facts."""
    place = {id(fact): n for n, fact in enumerate(facts)}
    found: list[Told] = []
    for teller in TELLERS:
        if teller.kind.name in heard:
            mine = [fact for fact in facts if isinstance(fact, teller.of)]
            found += ((teller.kind, one) for one in teller.tell(tx, mine)) if mine else ()
    return sorted(found, key=lambda each: place[id(each[1].fact)])


def _addressed(tx: Tx, told: Sequence[Told]) -> Iterator[integrations.deliveries.NewDelivery]:
    """Each notice for each app that listens and may hear it."""
    shops = merchants.shops(tx, {one.shop_id for _, one in told})
    whose = {id: shop.merchant_id for id, shop in shops.items()}
    by_place: dict[tuple[int, str], list[integrations.deliveries.Listener]] = {}
    for listener in deliveries.listeners(tx, whose):
        by_place.setdefault((listener.shop_id, listener.event), []).append(listener)
    wanted = [(kind, one, by_place.get((one.shop_id, kind.name), [])) for kind, one in told]
    wanted = [(kind, one, [to for to in tos if _may(to, kind, one)]) for kind, one, tos in wanted]
    wanted = [each for each in wanted if each[2]]
    ids = deliveries.notice_ids(tx, len(wanted))
    for (kind, one, listeners), notice_id in zip(wanted, ids, strict=True):
        body = _body(kind, one, notice_id)
        for to in listeners:
            yield deliveries.NewDelivery(
                to=to,
                notice_id=notice_id,
                subject=one.subject,
                body=body,
                farewell=kind.scope is None,
            )


def _may(to: integrations.deliveries.Listener, kind: Kind, one: Notice) -> bool:
    if one.only_for is not None:
        return to.app_id == one.only_for
    return to.live and kind.scope is not None and kind.scope.value in to.scopes


def _body(kind: Kind, one: Notice, notice_id: integrations.deliveries.NoticeId) -> str:
    envelope: dict[str, Any] = {
        "type": kind.type,
        "tts_notification_id": str(notice_id),
        "shop_id": str(one.shop_id),
        "timestamp": seconds(one.fact),
        "data": one.data,
    }
    return orjson.dumps(envelope).decode()


SUBSCRIBER = Subscriber("partner_api.notices", FACTS, tell)
