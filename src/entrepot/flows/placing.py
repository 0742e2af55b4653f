"""Order intake: n quotes become orders in one unit of work, each with an outcome of its own.

Everything that can refuse an order is asked under locks, set by set, in the order of the locks:
the quotes, the shops' daily caps, the budgets of promotions, the stock. What a later set refuses
gives back what the earlier ones had counted. No provider is called: payment starts after commit.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from entrepot.contexts import catalog, inventory, merchants, orders, payments, promotions
from entrepot.contexts.merchants import ShopId
from entrepot.contexts.orders import Group, Placing, Quote
from entrepot.kernel.ids import Id
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx
from entrepot.rulebook import Market
from entrepot.rulebook import of as rules_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """A wish to place a quote, and how it is to be paid."""

    placing: Placing
    provider: str
    method: str


@dataclass(frozen=True, slots=True)
class Begun:
    """A group that was placed, with the call that its payment begins with, if one is to be made.

    `again` is one that was placed before, and whose payment its first asker has begun.
    """

    group: Group
    call: payments.Call | None = None
    again: bool = False


Wish = tuple[Checkout, Quote, Group]
DayOfShop = tuple[date, ShopId]


def place(tx: Tx, checkouts: Sequence[Checkout]) -> list[Group | Problem]:
    """Place quotes, with an outcome for each. One that was placed before gives its group again."""
    outcomes = _outcomes(tx, checkouts, begin=False)
    return [found.group if isinstance(found, Begun) else found for found in outcomes]


def place_and_begin(tx: Tx, checkouts: Sequence[Checkout]) -> list[Begun | Problem]:
    """The same, with each payment begun in the same unit of work: commit, then ask the provider."""
    return _outcomes(tx, checkouts, begin=True)


def _outcomes(tx: Tx, checkouts: Sequence[Checkout], *, begin: bool) -> list[Begun | Problem]:
    opened = orders.open_quotes(tx, [checkout.placing for checkout in checkouts])
    outcomes: dict[int, Begun | Problem] = {}
    fresh: dict[int, tuple[Checkout, Quote]] = {}
    first: dict[orders.QuoteId, int] = {}
    for n, (checkout, found) in enumerate(zip(checkouts, opened, strict=True)):
        if isinstance(found, Problem):
            outcomes[n] = found
        elif isinstance(found, Group):
            outcomes[n] = Begun(found, again=True)
        elif found.id not in first:
            first[found.id] = n
            fresh[n] = (checkout, found)
    drafts = orders.draft(tx, [quote for _, quote in fresh.values()])
    wishes = {
        n: (checkout, quote, group)
        for (n, (checkout, quote)), group in zip(fresh.items(), drafts, strict=True)
    }
    outcomes |= _placed(tx, wishes, begin=begin)
    for n, found in enumerate(opened):  # The same quote twice in one batch is one order.
        if n not in outcomes and isinstance(found, Quote):
            twin = outcomes[first[found.id]]
            outcomes[n] = Begun(twin.group) if isinstance(twin, Begun) else twin
    return [outcomes[n] for n in range(len(checkouts))]


def _placed(tx: Tx, wishes: dict[int, Wish], *, begin: bool) -> dict[int, Begun | Problem]:
    days = _days(tx, wishes)
    refused = _not_live(tx, wishes)
    room = merchants.room_for_orders(tx, _shops_by_day(days, _without(wishes, refused)))
    capped = {key for key, left in room.items() if left is not None}
    refused |= _over_cap(days, _without(wishes, refused), room)
    refused |= _over_budget(tx, _without(wishes, refused))
    refused |= _sold_out(tx, _without(wishes, refused))
    left = _without(wishes, refused)
    unused = [
        str(group.id) for n, (_, quote, group) in wishes.items() if n in refused and quote.uses
    ]
    if unused:
        promotions.give_back(tx, unused)
    _count(tx, _shops_by_day(days, left), capped)
    orders.place(tx, [(checkout.placing, quote, group) for checkout, quote, group in left.values()])
    return refused | _to_pay(tx, left, begin=begin)


def _to_pay(tx: Tx, wishes: dict[int, Wish], *, begin: bool) -> dict[int, Begun]:
    intents = [
        payments.NewIntent(
            group_id=group.id,
            amount=quote.total,
            provider=checkout.provider,
            method=checkout.method,
        )
        for checkout, quote, group in wishes.values()
    ]
    if not begin:
        payments.open(tx, intents)
        return {n: Begun(group) for n, (_, _, group) in wishes.items()}
    calls = payments.open_begun(tx, intents)
    return {
        n: Begun(group, call)
        for (n, (_, _, group)), call in zip(wishes.items(), calls, strict=True)
    }


def _without(wishes: dict[int, Wish], refused: dict[int, Problem]) -> dict[int, Wish]:
    return {n: wish for n, wish in wishes.items() if n not in refused}


def _not_live(tx: Tx, wishes: dict[int, Wish]) -> dict[int, Problem]:
    """What was frozen or taken off sale since it was quoted is not sold any more."""
    by_market: dict[str, set[catalog.SkuId]] = {}
    for _, quote, _ in wishes.values():
        skus = by_market.setdefault(quote.market, set())
        skus |= {good.sku_id for order in quote.orders for good in order.goods}
    gone = {
        (market, sku)
        for market, skus in by_market.items()
        for offers in [catalog.offers(tx, market, skus)]
        for sku in skus
        if sku not in offers or not offers[sku].live
    }
    return {
        n: orders.QuoteDiffers(
            f"SKU {good.sku_id} is not sold any more: ask for another quote",
            sku_id=str(good.sku_id),
        )
        for n, (_, quote, _) in wishes.items()
        for order in quote.orders
        for good in order.goods
        if (quote.market, good.sku_id) in gone
    }


def _over_cap(
    days: Mapping[str, date],
    wishes: dict[int, Wish],
    room: dict[DayOfShop, int | Problem | None],
) -> dict[int, Problem]:
    """Shops in probation or under restriction take so many orders a market day and no more."""
    refused: dict[int, Problem] = {}
    for n, (_, quote, _) in wishes.items():
        keys = [(days[quote.market], order.shop_id) for order in quote.orders]
        full = next((key for key in keys if _is_full(room[key])), None)
        if full is not None:
            refused[n] = _cap_reached(full[1], room[full])
            continue
        for key in keys:
            left = room[key]
            if isinstance(left, int):
                room[key] = left - 1
    return refused


def _is_full(left: int | Problem | None) -> bool:
    return isinstance(left, Problem) or left == 0


def _cap_reached(shop: ShopId, left: int | Problem | None) -> Problem:
    return left if isinstance(left, Problem) else merchants.OrderCapReached(shop, 0, 0)


def _count(tx: Tx, placed: Mapping[date, Counter[ShopId]], capped: set[DayOfShop]) -> None:
    """Count what is placed; the shops' days are held since their room was asked for."""
    for day, shops in placed.items():
        counted = {shop: number for shop, number in shops.items() if (day, shop) in capped}
        outcomes = merchants.count_orders(tx, counted, day) if counted else {}
        assert not any(outcomes.values()), "a shop had room a moment ago"


def _shops_by_day(days: Mapping[str, date], wishes: dict[int, Wish]) -> dict[date, Counter[ShopId]]:
    found: dict[date, Counter[ShopId]] = {}
    for _, quote, _ in wishes.values():
        of_day = found.setdefault(days[quote.market], Counter())
        for order in quote.orders:
            of_day[order.shop_id] += 1
    return found


def _over_budget(tx: Tx, wishes: dict[int, Wish]) -> dict[int, Problem]:
    uses = [
        (
            n,
            promotions.Use(
                promotion_id=promotions.PromotionId(use.promotion_id),
                reference=str(group.id),
                buyer=None if quote.buyer_id is None else str(quote.buyer_id),
                minor=use.minor,
                units=use.units,
            ),
        )
        for n, (_, quote, group) in wishes.items()
        for use in quote.uses
    ]
    if not uses:
        return {}
    outcomes = promotions.consume(tx, [use for _, use in uses])
    return {
        n: outcome for (n, _), outcome in zip(uses, outcomes, strict=True) if outcome is not None
    }


def _sold_out(tx: Tx, wishes: dict[int, Wish]) -> dict[int, Problem]:
    wants = [
        (
            n,
            inventory.Want(
                order_id=Id(order_id),
                pos=good.pos,
                sku_id=good.sku_id,
                quantity=good.quantity,
                expires_at=tx.now + timedelta(minutes=order.reservation_min),
                group=int(group.id),
                owner_id=good.owner_id,
                market=quote.market,
            ),
        )
        for n, (_, quote, group) in wishes.items()
        for order_id, order in zip(group.order_ids, quote.orders, strict=True)
        for good in order.goods
    ]
    if not wants:
        return {}
    outcomes = inventory.reserve(tx, [want for _, want in wants])
    return {
        n: outcome for (n, _), outcome in zip(wants, outcomes, strict=True) if outcome is not None
    }


def _days(tx: Tx, wishes: dict[int, Wish]) -> dict[str, date]:
    """The calendar day of each market: caps are counted by it."""
    book = rules_of(tx)
    return {
        name: book.on(Market, name, tx.now.date()).row({}).day_of(tx.now)
        for name in {quote.market for _, quote, _ in wishes.values()}
    }
