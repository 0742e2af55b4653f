"""Quotes, terms, and the copying of quotes into orders."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import Row

from entrepot.contexts.catalog import SkuId
from entrepot.contexts.merchants import ShopId
from entrepot.contexts.orders.model import (
    Destination,
    Good,
    Group,
    GroupId,
    OrderId,
    Placing,
    PromotionUse,
    Quote,
    QuotedOrder,
    QuoteId,
    Terms,
    TermsId,
)
from entrepot.kernel.access import OrganisationId, PersonId
from entrepot.kernel.db import sql_file, statement
from entrepot.kernel.ids import new_ids
from entrepot.kernel.money import Currency, Money
from entrepot.kernel.tx import Lock, Tx

HERE = __file__.replace("/store/", "/")
KEEP_TERMS, ADD, PLACE = (sql_file(HERE, name) for name in ("keep_terms", "add_quotes", "place"))
# Out of a select, an array is not counted by the planner: one plan serves any number of quotes.
ASKED = "any(array(select unnest(cast(:ids as bigint[]))))"
HEADS = statement(
    "select id, market, currency, buyer_id, country, region, postal_code, total_minor, summary,"
    f" quoted_at, expires_at from orders.quotes where id = {ASKED}"
    " order by id for no key update"
)
PLACED = statement(
    "select g.id, g.quote_id, g.market, g.currency, g.buyer_id, g.total_minor, g.placed_at,"
    " array(select o.id from orders.orders o where o.group_id = g.id order by o.id) as order_ids"
    f" from orders.groups g where g.quote_id = {ASKED}"
)
TERMS = statement("select id, content from orders.terms where id = any(cast(:ids as bigint[]))")
DROP = statement(
    "delete from orders.quotes q where q.expires_at < :before"
    " and not exists (select from orders.groups g where g.quote_id = q.id)"
)


def keep_terms(tx: Tx, contents: Sequence[Mapping[str, Any]]) -> list[TermsId]:
    """An id for each content, equal contents sharing one."""
    texts = [orjson.dumps(content, option=orjson.OPT_SORT_KEYS) for content in contents]
    once = {sha256(written).digest(): written.decode() for written in texts}
    asked = {"digests": [*once], "contents": [*once.values()]}
    found = {bytes(row.digest): TermsId(row.id) for row in tx.sql.execute(KEEP_TERMS, asked)}
    if len(found) < len(once):  # A twin committed meanwhile: a new snapshot shows its rows.
        found |= {bytes(row.digest): TermsId(row.id) for row in tx.sql.execute(KEEP_TERMS, asked)}
    return [found[sha256(written).digest()] for written in texts]


def terms(tx: Tx, ids: Collection[TermsId]) -> dict[TermsId, Terms]:
    rows = tx.sql.execute(TERMS, {"ids": [int(id) for id in ids]})
    return {TermsId(row.id): Terms(id=TermsId(row.id), content=row.content) for row in rows}


def add_quotes(tx: Tx, quotes: Sequence[Quote]) -> None:
    columns = {
        "ids": [int(quote.id) for quote in quotes],
        "markets": [quote.market for quote in quotes],
        "currencies": [quote.currency.value for quote in quotes],
        "buyers": [quote.buyer_id and int(quote.buyer_id) for quote in quotes],
        "countries": [quote.destination.country for quote in quotes],
        "regions": [quote.destination.region for quote in quotes],
        "postal_codes": [quote.destination.postal_code for quote in quotes],
        "totals": [quote.total.minor for quote in quotes],
        "summaries": [_json({"orders": quote.orders, "uses": quote.uses}) for quote in quotes],
        "lines": [_json(quote.lines) for quote in quotes],
        "quoted": [quote.quoted_at for quote in quotes],
        "expire": [quote.expires_at for quote in quotes],
    }
    tx.sql.execute(ADD, columns)


def hold_quotes(tx: Tx, ids: Collection[QuoteId]) -> dict[QuoteId, Quote]:
    """Lock quotes by rising id, and read them in the same statement, without their lines.

    Quotes never change: only what they became has to be read after the wait.
    """
    wanted = {int(id) for id in ids}
    assert not tx.held or wanted <= tx.held.get(Lock.QUOTES, set()), "QUOTES come first"
    tx.held.setdefault(Lock.QUOTES, wanted)
    rows = tx.sql.execute(HEADS, {"ids": [*wanted]})
    return {QuoteId(row.id): _quote(row) for row in rows}


def placed_groups(tx: Tx, ids: Collection[QuoteId]) -> dict[QuoteId, Group]:
    """What these quotes became, for those that were placed already."""
    rows = tx.sql.execute(PLACED, {"ids": [int(id) for id in ids]})
    return {QuoteId(row.quote_id): _group(row) for row in rows}


def draft(tx: Tx, quotes: Sequence[Quote]) -> list[Group]:
    """The groups that quotes become, with their ids, not written yet."""
    n_orders = sum(len(quote.orders) for quote in quotes)
    fresh = iter(new_ids(tx.sql, OrderId, n_orders + len(quotes)))
    return [
        Group(
            id=GroupId(next(fresh)),
            quote_id=quote.id,
            market=quote.market,
            buyer_id=quote.buyer_id,
            total=quote.total,
            placed_at=tx.now,
            order_ids=tuple(next(fresh) for _ in quote.orders),
        )
        for quote in quotes
    ]


def place(tx: Tx, placings: Sequence[tuple[Placing, Quote, Group]]) -> None:
    """Write groups, orders, lines and recipients; every quote is unplaced and its key is held."""
    tx.sql.execute(PLACE, _placed(tx.now, placings))


def drop_expired(tx: Tx, before: datetime) -> int:
    return tx.sql.execute(DROP, {"before": before}).rowcount


def _placed(now: datetime, placings: Sequence[tuple[Placing, Quote, Group]]) -> dict[str, Any]:
    groups = [group for _, _, group in placings]
    heads = [
        (order_id, group.quote_id, number, order)
        for _, quote, group in placings
        for number, (order_id, order) in enumerate(zip(group.order_ids, quote.orders, strict=True))
    ]
    people = [placing.recipient for placing, _, _ in placings]
    return {
        "quotes": [int(group.quote_id) for group in groups],
        "groups": [int(group.id) for group in groups],
        "placed": [now] * len(groups),
        "names": [person.name for person in people],
        "emails": [person.email for person in people],
        "phones": [person.phone for person in people],
        "addresses": [_json(dict(person.address)) for person in people],
        "order_ids": [int(id) for id, _, _, _ in heads],
        "order_quotes": [int(quote_id) for _, quote_id, _, _ in heads],
        "numbers": [number for _, _, number, _ in heads],
        "shops": [int(order.shop_id) for _, _, _, order in heads],
        "merchants": [int(order.merchant_id) for _, _, _, order in heads],
        "records": [int(order.record_id) for _, _, _, order in heads],
        "modes": [order.mode for _, _, _, order in heads],
        "seller_types": [order.seller_type for _, _, _, order in heads],
        "totals": [order.total_minor for _, _, _, order in heads],
        "due": [now + timedelta(minutes=order.unpaid_min) for _, _, _, order in heads],
        "timers": [order.timers for _, _, _, order in heads],
    }


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _quote(row: Row[Any]) -> Quote:
    currency = Currency(row.currency)
    return Quote(
        id=QuoteId(row.id),
        market=row.market,
        currency=currency,
        buyer_id=None if row.buyer_id is None else PersonId(row.buyer_id),
        destination=Destination(
            country=row.country, region=row.region, postal_code=row.postal_code
        ),
        total=Money(row.total_minor, currency),
        orders=tuple(_quoted_order(order) for order in row.summary["orders"]),
        uses=tuple(PromotionUse(**use) for use in row.summary["uses"]),
        quoted_at=row.quoted_at,
        expires_at=row.expires_at,
    )


def _quoted_order(order: Mapping[str, Any]) -> QuotedOrder:
    goods = tuple(
        Good(
            pos=good["pos"],
            sku_id=SkuId(good["sku_id"]),
            quantity=good["quantity"],
            owner_id=OrganisationId(good["owner_id"]),
        )
        for good in order["goods"]
    )
    return QuotedOrder(
        shop_id=ShopId(order["shop_id"]),
        merchant_id=OrganisationId(order["merchant_id"]),
        record_id=OrganisationId(order["record_id"]),
        mode=order["mode"],
        seller_type=order["seller_type"],
        total_minor=order["total_minor"],
        timers=order["timers"],
        unpaid_min=order["unpaid_min"],
        reservation_min=order["reservation_min"],
        goods=goods,
    )


def _group(row: Row[Any]) -> Group:
    return Group(
        id=GroupId(row.id),
        quote_id=QuoteId(row.quote_id),
        market=row.market,
        buyer_id=None if row.buyer_id is None else PersonId(row.buyer_id),
        total=Money(row.total_minor, Currency(row.currency)),
        placed_at=row.placed_at,
        order_ids=tuple(OrderId(id) for id in row.order_ids),
    )
