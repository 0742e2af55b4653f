"""The statements of activities and of the goods in them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Row,
    Select,
    and_,
    any_,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql

from entrepot.contexts.promotions.activity import (
    ALL_OF_IT,
    FOREVER,
    Activity,
    ActivityFilter,
    Kind,
    Level,
    NewActivity,
    Shipping,
    item_state,
)
from entrepot.contexts.promotions.lifecycle import State, Status
from entrepot.contexts.promotions.model import ActivityId, Promotion
from entrepot.contexts.promotions.tables import activities, promotions
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.db import sql_file
from entrepot.kernel.ids import Id, among
from entrepot.kernel.money import Currency
from entrepot.kernel.tx import Lock, Tx

from .offers import promotion_of, with_limits

SAVE_ITEMS, SAVE_LIMITS = sql_file(__file__, "save_items"), sql_file(__file__, "save_limits")
A = activities.c
OPEN = (Status.DRAFT.value, Status.NOT_STARTED.value, Status.ONGOING.value)


def add_activity(tx: Tx, made: Activity) -> bool:
    """Write one; false if another of the shop has its title."""
    row = {
        "id": made.id,
        "owner_id": made.owner_id,
        "shop_id": made.offer.shop_id,
        "market": made.market,
        "currency": made.currency.value,
        "kind": made.offer.kind.value,
        "created_at": made.created_at,
        **_changing(made),
    }
    added = postgresql.insert(activities).values(row).on_conflict_do_nothing()
    return tx.sql.scalar(added.returning(A.id)) is not None


def has_title(tx: Tx, shop_id: Id, title: str, beside: ActivityId) -> bool:
    """Whether another activity of the shop has the title."""
    query = select(A.id).where(A.shop_id == shop_id, A.title == title, A.id != beside)
    return tx.sql.execute(query).first() is not None


def save_activities(tx: Tx, changed: Sequence[Activity]) -> None:
    """Write what may change of held activities, and what follows for their goods."""
    for one in changed:
        tx.sql.execute(update(activities).where(A.id == one.id).values(_changing(one)))
        tx.sql.execute(
            update(promotions)
            .where(promotions.c.activity_id == one.id, promotions.c.state != State.ENDED.value)
            .values(_spread(one))
        )


def activities_by(
    tx: Tx, ids: Collection[ActivityId], visible: ColumnElement[bool]
) -> dict[ActivityId, Activity]:
    """Activities by their ids."""
    query = select(activities).where(among(A.id, ids), visible)
    return {row.id: _activity(row) for row in tx.sql.execute(query)}


def hold_activities(
    tx: Tx, ids: Collection[ActivityId], visible: ColumnElement[bool]
) -> dict[ActivityId, Activity]:
    """Activities held until the end. Who places an order does not wait for that."""
    tx.hold(Lock.BUDGETS, A.id, ids, visible)
    return activities_by(tx, ids, visible)


def activity_page(
    tx: Tx,
    wanted: ActivityFilter,
    visible: ColumnElement[bool],
    after: ActivityId | None,
    limit: int,
) -> list[Activity]:
    """A page, the newest first."""
    query = _found(select(activities), wanted, visible, tx.now)
    if after is not None:
        query = query.where(A.id < after)
    return [_activity(row) for row in tx.sql.execute(query.order_by(A.id.desc()).limit(limit))]


def count_activities(tx: Tx, wanted: ActivityFilter, visible: ColumnElement[bool]) -> int:
    """How many there are."""
    query = _found(select(func.count()).select_from(activities), wanted, visible, tx.now)
    return int(tx.sql.scalar(query) or 0)


def next_turn_at(tx: Tx) -> datetime | None:
    """When time moves the next activity on."""
    found: datetime | None = tx.sql.scalar(select(func.min(A.due_at)).where(A.due_at.is_not(None)))
    return found


def due_activities(tx: Tx, as_of: datetime, at_most: int) -> list[ActivityId]:
    """Those that are due."""
    query = select(A.id).where(A.due_at <= as_of).order_by(A.due_at, A.id).limit(at_most)
    return list(tx.sql.scalars(query))


def items_by(tx: Tx, ids: Collection[ActivityId]) -> dict[ActivityId, list[Promotion]]:
    """The goods in activities, oldest first."""
    c = promotions.c
    chosen = c.activity_id == any_(literal([int(id) for id in ids], ARRAY(BigInteger)))
    where = (chosen, c.state != State.ENDED.value)
    found: dict[ActivityId, list[Promotion]] = {}
    for row in tx.sql.execute(with_limits().where(*where).order_by(c.id)):
        found.setdefault(row.activity_id, []).append(promotion_of(row))
    return found


def save_items(tx: Tx, changed: Sequence[Promotion]) -> None:
    """Write prices and limits of goods that are in their activity already."""
    offers = [one.offer for one in changed]
    ids = [int(one.id) for one in changed]
    prices = {
        "ids": ids,
        "rates": [offer.rate_bp for offer in offers],
        "prices": [offer.price_minor for offer in offers],
    }
    limits = {
        "ids": ids,
        "units": [offer.limits.units for offer in offers],
        "units_per_buyer": [offer.limits.units_per_buyer for offer in offers],
    }
    tx.sql.execute(SAVE_ITEMS, prices)
    tx.sql.execute(SAVE_LIMITS, limits)


def _changing(one: Activity) -> dict[str, Any]:
    offer = one.offer
    return {
        "level": offer.level.value,
        "title": offer.title,
        "starts_at": offer.starts_at,
        "ends_at": offer.ends_at,
        "off_minor": offer.shipping.off_minor,
        "min_units": offer.shipping.min_units,
        "min_spend_minor": offer.shipping.min_spend_minor,
        "once": offer.once,
        "state": one.state.value,
        "due_at": one.due_at,
        "changed_at": one.changed_at,
    }


def _spread(one: Activity) -> dict[str, Any]:
    offer = one.offer
    terms: dict[str, Any] = {
        "title": offer.title,
        "starts_at": offer.starts_at,
        "ends_at": offer.ends_at or FOREVER,
        "state": item_state(one).value,
    }
    if offer.kind is Kind.SHIPPING_DISCOUNT:
        off = offer.shipping.off_minor
        terms |= {
            "amount_minor": off,
            "rate_bp": ALL_OF_IT if off is None else None,
            "min_units": offer.shipping.min_units,
            "min_spend_minor": offer.shipping.min_spend_minor,
        }
    return terms


def _found(
    query: Select[Any], wanted: ActivityFilter, visible: ColumnElement[bool], now: datetime
) -> Select[Any]:
    where = [visible, A.shop_id == wanted.shop_id]
    if wanted.kinds is not None:
        where.append(A.kind.in_([kind.value for kind in wanted.kinds]))
    if wanted.title:
        where.append(A.title.contains(wanted.title, autoescape=True))
    where.append(or_(*(_is(status, now) for status in wanted.states)))
    return query.where(*where)


def _is(status: Status, now: datetime) -> ColumnElement[bool]:
    """The state by the clock: a late sweep changes nothing that anybody sees."""
    over = and_(A.state.in_(OPEN), A.ends_at <= now)
    lasts = or_(A.ends_at.is_(None), A.ends_at > now)
    begun = and_(A.state != Status.DRAFT.value, A.state.in_(OPEN), A.starts_at <= now)
    return {
        Status.DRAFT: and_(A.state == Status.DRAFT.value, lasts),
        Status.NOT_STARTED: and_(A.state == Status.NOT_STARTED.value, A.starts_at > now),
        Status.ONGOING: and_(begun, lasts),
        Status.EXPIRED: or_(A.state == Status.EXPIRED.value, over),
        Status.DEACTIVATED: A.state == Status.DEACTIVATED.value,
    }[status]


def _activity(row: Row[Any]) -> Activity:
    shipping = Shipping(
        off_minor=row.off_minor, min_units=row.min_units, min_spend_minor=row.min_spend_minor
    )
    offer = NewActivity(
        shop_id=Id(row.shop_id),
        kind=Kind(row.kind),
        level=Level(row.level),
        title=row.title,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        shipping=shipping,
        once=row.once,
    )
    return Activity(
        id=ActivityId(row.id),
        owner_id=OrganisationId(row.owner_id),
        market=row.market,
        currency=Currency(row.currency),
        offer=offer,
        state=Status(row.state),
        created_at=row.created_at,
        changed_at=row.changed_at,
    )
