"""A shop's activities: planned, filled, ended, offered once more."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from entrepot import rulebook
from entrepot.contexts import promotions
from entrepot.contexts.promotions import (
    Activity,
    ActivityFilter,
    ActivityId,
    ActivityNotFound,
    Level,
    NewActivity,
    Revision,
    Shipping,
)
from entrepot.kernel.ids import Id
from entrepot.kernel.money import Currency
from entrepot.kernel.problems import only
from entrepot.surfaces.partner_api.codes import invalid
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.operations import Ask, Operations
from entrepot.surfaces.partner_api.paging import Paged, after, page, shown
from entrepot.surfaces.partner_api.scopes import Scope
from entrepot.surfaces.partner_api.shapes import Nothing

from . import words
from .asked import Create, Put, Remove, Republish, SearchActivities, Terms, Update

operations = Operations()
ROOM, ONE = "/promotion/202309/activities", "/promotion/202309/activities/{activity_id}"
GOODS = f"{ONE}/products"
READ, WRITE = Scope.PROMOTION_READ, Scope.PROMOTION_WRITE
USUAL_PAGE = 10


@operations.post(ROOM, scope=WRITE, body=Create)
def create(ask: Ask[Nothing, Create]) -> Data:
    """Plan one."""
    said = ask.body
    kind, level = words.kind(said.activity_type), words.level(said.product_level)
    starts_at, ends_at = _span(ask, said)
    offer = NewActivity(
        shop_id=ask.shop.id,
        kind=kind,
        level=level,
        title=said.title,
        starts_at=starts_at,
        ends_at=ends_at,
        shipping=said.shipping(_currency(ask)) or Shipping(),
        once=said.once,
    )
    made = promotions.launch(ask.tx, offer)
    return {
        "activity_id": _id(made),
        "status": words.STATES[made.state],
        "create_time": words.seconds(made.created_at),
        "update_time": words.seconds(made.changed_at),
    }


@operations.put(ONE, scope=WRITE, body=Update)
def update(ask: Ask[Nothing, Update]) -> Data:
    """Change its terms."""
    before, said = _mine(ask), ask.body
    starts_at, ends_at = _span(ask, said, before)
    level = None if said.product_level is None else words.level(said.product_level)
    ships = before.offer.kind is promotions.Kind.SHIPPING_DISCOUNT
    revision = Revision(
        title=said.title,
        starts_at=starts_at,
        ends_at=ends_at,
        endless=ends_at is None,
        # Not processed for the others, as documented.
        level=level if ships else None,
        shipping=said.shipping(before.currency) if ships else None,
        once=said.once if ships and said.participation_limit else None,
    )
    after_it = promotions.revise(ask.tx, before.id, revision)
    told = {"activity_id": _id(after_it), "update_time": ask.now_s}
    return told if ships else {**told, "title": after_it.offer.title}


@operations.get(ONE, scope=READ)
def get(ask: Ask[Nothing, Nothing]) -> Data:
    """One, with its goods."""
    one = _mine(ask)
    items = promotions.items(ask.tx, one)
    told = {"activity_id": _id(one), **words.head(one)}
    if one.offer.level is not Level.SHOP:
        told["products"] = words.products(one, items)
    return told


@operations.post(f"{ROOM}/search", scope=READ, query=Paged, body=SearchActivities)
def search(ask: Ask[Paged, SearchActivities]) -> Data:
    """The shop's, the newest first; the page is asked for in the body, or in the query."""
    said = ask.body
    wanted = ActivityFilter(shop_id=ask.shop.id, title=said.activity_title)
    if said.status is not None:
        wanted = replace(wanted, states=(words.STATUSES[said.status],))
    if said.activity_type is not None:
        wanted = replace(wanted, kinds=_kinds(said.activity_type))
    size = said.page_size or USUAL_PAGE
    if "page_size" in ask.query.model_fields_set:
        size = ask.query.page_size
    token = said.page_token or ask.query.page_token
    ask = replace(ask, query=ask.query.model_copy(update={"page_size": size, "page_token": token}))
    last = after(ask)
    cursor = None if last is None else ActivityId(last[0])
    rows = promotions.activity_page(ask.tx, wanted, cursor, size + 1)
    return {
        "activities": [{"id": _id(row), **words.head(row)} for row in shown(rows, ask)],
        **page(
            rows,
            ask,
            key=lambda row: (int(row.id),),
            total=promotions.count_activities(ask.tx, wanted),
        ),
    }


@operations.put(GOODS, scope=WRITE, body=Put)
def put_products(ask: Ask[Nothing, Put]) -> Data:
    """Put goods in, or change those that are in."""
    before = _mine(ask)
    offer = before.offer
    wishes = ask.body.wishes(offer.level, offer.kind, before.currency)
    done = promotions.put_items(ask.tx, before.id, wishes)
    return {**_changed(ask, done), "title": done.offer.title, "total_count": len(wishes)}


@operations.delete(GOODS, scope=WRITE, body=Remove)
def remove_products(ask: Ask[Nothing, Remove]) -> Data:
    """Take goods out."""
    before, said = _mine(ask), ask.body
    if said.sku_ids and before.offer.level is not Level.VARIATION:
        raise invalid("sku_ids", "none: the activity holds whole products")
    if not said.product_ids and not said.sku_ids:
        raise invalid("product_ids", "at least one product or SKU")
    products, skus = map(Id, said.product_ids), map(Id, said.sku_ids)
    return _changed(ask, promotions.drop_items(ask.tx, before.id, [*products], [*skus]))


@operations.post(f"{ONE}/deactivate", scope=WRITE)
def deactivate(ask: Ask[Nothing, Nothing]) -> Data:
    """End it."""
    done = promotions.deactivate(ask.tx, _mine(ask).id)
    return {**_changed(ask, done), "title": done.offer.title}


@operations.post(
    "/promotion/202607/activities/{activity_id}/republish", scope=WRITE, body=Republish
)
def republish(ask: Ask[Nothing, Republish]) -> Data:
    """Offer it once more; the goods in it stay."""
    said = ask.body
    starts_at = None if said.begin_time is None else words.instant(said.begin_time)
    ends_at = None if said.end_time is None else words.instant(said.end_time)
    done = promotions.republish(ask.tx, _mine(ask).id, starts_at, ends_at)
    return {"activity_id": _id(done)}


def _mine(ask: Ask[Any, Any]) -> Activity:
    """An activity of the cipher's shop."""
    id = ask.id("activity_id", ActivityId)
    found = only(promotions.activities(ask.tx, [id]))
    if found.offer.shop_id != ask.shop.id:
        raise ActivityNotFound(id)
    return found


def _span(
    ask: Ask[Any, Any], said: Terms, before: Activity | None = None
) -> tuple[datetime, datetime | None]:
    """From when to when; without an end it begins at once, or has begun."""
    if said.duration_type == words.ENDLESS:
        return (ask.tx.now if before is None else before.offer.starts_at), None
    if not said.begin_time or not said.end_time:
        raise invalid("begin_time", "a time, as end_time, unless duration_type is INDEFINITE")
    starts_at = words.instant(said.begin_time)
    same = before is not None and words.seconds(before.offer.starts_at) == said.begin_time
    if before is not None and same:
        starts_at = before.offer.starts_at  # The dialect's clock has no fractions.
    return starts_at, words.instant(said.end_time)


def _kinds(word: str) -> tuple[promotions.Kind, ...]:
    """Kinds that are not given here find nothing."""
    return () if word in words.OTHER_KINDS else (words.kind(word),)


def _currency(ask: Ask[Any, Any]) -> Currency:
    market = rulebook.of(ask.tx).on(rulebook.Market, ask.shop.market, ask.tx.now.date())
    return market.row({}).currency


def _changed(ask: Ask[Any, Any], done: Activity) -> dict[str, Any]:
    status = words.STATES[done.state]
    return {"activity_id": _id(done), "status": status, "update_time": ask.now_s}


def _id(one: Activity) -> str:
    return str(int(one.id))
