"""What buyers did: prices as they were, quotes, checkouts and payments."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from entrepot.adapters.datasets.history import Purchase, PurchaseLine
from entrepot.contexts import affiliates, catalog, orders, payments
from entrepot.contexts.catalog import PriceChange, ProductId, SkuId
from entrepot.contexts.merchants import ShopId
from entrepot.contexts.orders import Destination, GroupId, Placing, Quote, Recipient
from entrepot.contexts.payments import Answer, AttemptState, Beginning, Call, IntentState
from entrepot.flows import paying, placing, quoting, sweeps
from entrepot.flows.quoting.baskets import MOST_LINES
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id
from entrepot.kernel.problems import Problem, each
from entrepot.kernel.replayed import Names
from entrepot.kernel.tx import Tx

from .diary import STEP, Diary, who
from .preparing import ORGANISATION, SHOP, Cast
from .stocking import PRODUCT, SKU
from .windows import Markets, Window

GROUP = "group"
PROVIDER, METHOD = "sandbox", "sandbox-ok"
AT_ONCE = 200  # Purchases in one unit of work.
Price = tuple[int, int]


class ReplayStopped(Problem):
    """The platform refused what really happened: the data set or the rules are not fit for it."""

    slug, title = "replay-stopped", "The replay cannot go on"


def sell(diary: Diary, cast: Cast, markets: Markets, window: Window) -> None:
    """Place a window's purchases, in rounds in which each SKU has one price."""
    for n, sales in enumerate(rounds(window.placed, markets)):
        diary.step(
            f"{window.number}:place:{n}",
            sales[0].placed_at,
            lambda tx, sales=sales: _placed(tx, diary, cast, sales),  # type: ignore[misc]
        )


def rounds(sales: Sequence[Purchase], markets: Markets) -> list[list[Purchase]]:
    """Purchases of one market day together, as long as no SKU has two prices among them.

    A round is placed at the instant of its first purchase: never later than any of it happened.
    """
    made: list[tuple[tuple[str, date], dict[str, Price], list[Purchase]]] = []
    for sale in sales:
        day = sale.market, markets[sale.market].day_of(sale.placed_at)
        prices = {
            line.sku_key: (line.unit_price_minor, line.unit_shipping_minor) for line in sale.lines
        }
        for key, known, together in made:
            if key == day and len(together) < AT_ONCE and _agree(known, prices):
                known.update(prices)
                together.append(sale)
                break
        else:
            made.append((day, prices, [sale]))
    return [together for _, _, together in made]


def _agree(known: Mapping[str, Price], prices: Mapping[str, Price]) -> bool:
    return all(known.get(key, price) == price for key, price in prices.items())


def baskets(sale: Purchase) -> Iterator[tuple[str, tuple[PurchaseLine, ...]]]:
    """A purchase as checkouts take it: a very long one is several, by key."""
    for n in range(0, len(sale.lines), MOST_LINES):
        name = sale.key if not n else f"{sale.key}/{n // MOST_LINES + 1}"
        yield name, sale.lines[n : n + MOST_LINES]


def _placed(tx: Tx, diary: Diary, cast: Cast, sales: Sequence[Purchase]) -> Names:
    _set_prices(tx, diary, sales)
    parts = [(sale, *basket) for sale in sales for basket in baskets(sale)]
    clicks = _clicks(tx, diary, cast, sales)
    wishes = [
        quoting.QuoteWish(
            market=sale.market,
            items=tuple((SkuId(diary.ids(SKU)[line.sku_key]), line.quantity) for line in lines),
            destination=_destination(sale),
            click=clicks.get(sale.key),
        )
        for sale, _, lines in parts
    ]
    quotes = quoting.quote(tx, wishes)
    for (sale, _, _), quote in zip(parts, quotes, strict=True):
        _accepted(sale, quote)
    checkouts = [
        placing.Checkout(placing=_placing(sale, quote), provider=PROVIDER, method=METHOD)
        for (sale, _, _), quote in zip(parts, each(quotes), strict=True)
    ]
    groups = placing.place(tx, checkouts)
    for (sale, _, _), group in zip(parts, groups, strict=True):
        _accepted(sale, group)
    return {
        GROUP: {name: group.id for (_, name, _), group in zip(parts, each(groups), strict=True)}
    }


def _accepted(sale: Purchase, outcome: object) -> None:
    if isinstance(outcome, Problem):
        raise ReplayStopped(f"order {sale.key} of {sale.placed_at}: {outcome}", **outcome.members)


def _set_prices(tx: Tx, diary: Diary, sales: Sequence[Purchase]) -> None:
    wanted = {
        (SkuId(diary.ids(SKU)[line.sku_key]), sale.market): line
        for sale in sales
        for line in sale.lines
    }
    offers = {
        (sku, market): offer
        for market in {market for _, market in wanted}
        for sku, offer in catalog.offers(tx, market, [s for s, m in wanted if m == market]).items()
    }
    changes = [
        PriceChange(
            sku_id=sku,
            market=market,
            price_minor=line.unit_price_minor,
            shipping_minor=line.unit_shipping_minor,
        )
        for (sku, market), line in wanted.items()
        for offer in [offers[sku, market]]
        if (offer.price_minor, offer.shipping_minor)
        != (line.unit_price_minor, line.unit_shipping_minor)
    ]
    if changes:
        each(catalog.set_prices(tx, changes))


def _clicks(
    tx: Tx, diary: Diary, cast: Cast, sales: Sequence[Purchase]
) -> dict[str, affiliates.Click]:
    """The clicks of those purchases that a creator's content led to: on their first line."""
    led = [(sale, cast.staging.creator_of(sale)) for sale in sales]
    wishes = {
        sale.key: affiliates.NewClick(
            content=f"replay-{creator[-1]}",
            creator_id=OrganisationId(diary.ids(ORGANISATION)[creator]),
            product_id=ProductId(diary.ids(PRODUCT)[line.sku_key.split("#")[0]]),
            shop_id=ShopId(diary.ids(SHOP)[line.seller_key]),
        )
        for sale, creator in led
        if creator is not None
        for line in sale.lines[:1]
    }
    return dict(zip(wishes, each(affiliates.click(tx, [*wishes.values()])), strict=True))


def _destination(sale: Purchase) -> Destination:
    return Destination(country=sale.country, region=sale.region, postal_code=sale.postal_code)


def _placing(sale: Purchase, quote: Quote) -> Placing:
    return Placing(
        quote_id=quote.id,
        destination=_destination(sale),
        recipient=Recipient(
            name="A buyer of the data set",
            email="buyer@example.org",
            phone="",
            address={"city": sale.city, "postal_code": sale.postal_code, "country": sale.country},
        ),
    )


def pay(
    diary: Diary, window: Window, providers: Mapping[str, payments.Provider], at: datetime
) -> None:
    """Pay what was paid in a window, each at its instant, and let the hour of grace run out."""
    for n in range(0, len(window.paid), AT_ONCE):
        step = f"{window.number}:pay:{n // AT_ONCE}"
        if step not in diary.ids(STEP):
            times = _times(diary, window.paid[n : n + AT_ONCE])
            _pay(diary, (step, at), providers, times)


def _times(diary: Diary, sales: Sequence[Purchase]) -> dict[Id, datetime]:
    return {
        GroupId(diary.ids(GROUP)[name]): sale.paid_at
        for sale in sales
        for name, _ in baskets(sale)
        if sale.paid_at
    }


def _pay(
    diary: Diary,
    step: tuple[str, datetime],
    providers: Mapping[str, payments.Provider],
    times: Mapping[Id, datetime],
) -> None:
    name, at = step
    calls = diary.at(at).run(who, f"replay.{name}:begin", lambda tx: _begun(tx, [*times]))
    outcomes = payments.ask(providers, calls)
    answers = [
        Answer(call=call, outcome=outcome) for call, outcome in zip(calls, outcomes, strict=True)
    ]
    diary.step(name, at, lambda tx: _paid(tx, answers, times))


def _begun(tx: Tx, groups: Sequence[Id]) -> list[Call]:
    """Calls to the provider: new ones, and those that a crash left without an answer."""
    intents = [*payments.of_groups(tx, groups).values()]
    open_calls = [
        [attempt.call for attempt in made if attempt.state is AttemptState.BEGUN]
        for made in payments.attempts(tx, intents)
    ]
    fresh = [
        Beginning(group_id=intent.group_id)
        for intent, calls in zip(intents, open_calls, strict=True)
        if not calls and intent.state is IntentState.CREATED
    ]
    left = [call for calls in open_calls for call in calls]
    return [*left, *each(payments.begin(tx, fresh))]


def _paid(tx: Tx, answers: Sequence[Answer], times: Mapping[Id, datetime]) -> Names:
    sold = orders.of_groups(tx, [GroupId(id) for id in times])
    each(orders.to_move(tx, [order.id for order in sold]).values())  # Locked before payments.
    each(payments.record(tx, answers))
    paying.settle(tx, times)
    return {}


def release(diary: Diary, window: Window, at: datetime) -> None:
    """Let the timers of paid orders run out, each at its own instant."""
    left = sweeps.AT_MOST
    while left == sweeps.AT_MOST:
        left = diary.at(at).run(
            who, f"replay.{window.number}:timers", lambda tx: sweeps.run_timers(tx, tx.now)
        )
