"""Reading what decides the prices of n baskets, set by set."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from entrepot.contexts import (
    affiliates,
    catalog,
    merchants,
    orders,
    promotions,
    settlement,
    sourcing,
    taxes,
)
from entrepot.contexts.catalog import Offer, SkuId
from entrepot.contexts.merchants import Shop, ShopId
from entrepot.contexts.orders import Commission, Quote, QuoteId
from entrepot.kernel.ids import new_ids
from entrepot.kernel.problems import BadInput, Problem
from entrepot.kernel.tx import Tx
from entrepot.rulebook import Commission as CommissionRule
from entrepot.rulebook import Fee, Market, MarketNotOpen, Mode, OrderTimers, Promotions
from entrepot.rulebook import of as rules_of

from .lines import quote_of
from .model import Day, Draft, Known, QuoteWish

MOST_LINES, MOST_UNITS = 100, 100_000


def quote(tx: Tx, wishes: Sequence[QuoteWish]) -> list[Quote | Problem]:
    """Price baskets, with an outcome for each, in their order."""
    outcomes: dict[int, Quote | Problem] = {}
    by_market: dict[str, dict[int, QuoteWish]] = {}
    for n, wish in enumerate(wishes):
        malformed = _malformed(wish)
        if malformed is not None:
            outcomes[n] = malformed
        else:
            by_market.setdefault(wish.market, {})[n] = wish
    for market, theirs in by_market.items():
        outcomes |= _in_market(tx, market, theirs)
    return [outcomes[n] for n in range(len(wishes))]


def _malformed(wish: QuoteWish) -> Problem | None:
    if not 0 < len(wish.items) <= MOST_LINES:
        return BadInput("items", f"1 to {MOST_LINES} items")
    if len({sku for sku, _ in wish.items}) < len(wish.items):
        return BadInput("items", "each SKU once, with its whole quantity")
    for n, (_, quantity) in enumerate(wish.items):
        if not 0 < quantity <= MOST_UNITS:
            return BadInput(f"items[{n}].quantity", f"1 to {MOST_UNITS}")
    return None


def _in_market(tx: Tx, name: str, wishes: Mapping[int, QuoteWish]) -> dict[int, Quote | Problem]:
    try:
        day = _day(tx, name)
    except MarketNotOpen as refusal:
        return dict.fromkeys(wishes, refusal)
    wanted = {sku for wish in wishes.values() for sku, _ in wish.items}
    offers = catalog.offers(tx, name, wanted)
    shops = merchants.shops(tx, {offer.shop_id for offer in offers.values()})
    outcomes: dict[int, Quote | Problem] = {}
    drafts: dict[int, Draft] = {}
    for n, wish in wishes.items():
        unsold = _unsold(day, wish, offers, shops)
        if unsold is not None:
            outcomes[n] = unsold
            continue
        drafts[n] = Draft(
            wish, [offers[sku] for sku, _ in wish.items], [units for _, units in wish.items]
        )
    if drafts:
        made = _priced(tx, day, [*drafts.values()], shops)
        outcomes |= dict(zip(drafts, made, strict=True))
    return outcomes


def _day(tx: Tx, name: str) -> Day:
    book = rules_of(tx)
    market = book.on(Market, name, tx.now.date()).row({})
    on = market.day_of(tx.now)
    topics = (Mode, Fee, CommissionRule, OrderTimers, Promotions)
    refs = {row.topic: book.on(row, name, on).ref for row in topics}
    fees, timers = book.on(Fee, name, on), book.on(OrderTimers, name, on)
    return Day(market, name, on, fees, timers, refs)


def _unsold(
    day: Day, wish: QuoteWish, offers: Mapping[SkuId, Offer], shops: Mapping[ShopId, Shop]
) -> Problem | None:
    served, to = day.market.countries, wish.destination.country
    if to not in served and not day.market.serves_rest:
        return BadInput("address.country", f"a country that market {day.name} serves")
    for n, (sku, _) in enumerate(wish.items):
        offer = offers.get(sku)
        if offer is None or not offer.live or not shops[offer.shop_id].sells:
            return catalog.NotListed(sku, day.name) if offer is None else _gone(n, sku)
    return None


def _gone(n: int, sku: SkuId) -> Problem:
    return BadInput(f"items[{n}].sku_id", "something that is on sale now", sku_id=str(sku))


def _priced(tx: Tx, day: Day, drafts: Sequence[Draft], shops: Mapping[ShopId, Shop]) -> list[Quote]:
    flags = _flags(tx, day, shops)
    _discount(tx, day, drafts)
    _tax(tx, day, drafts, shops, flags)
    _commission(tx, day, drafts)
    supplies = _supplies(tx, day, drafts, flags)
    contents = {
        shop.mode: {"flags": flags[shop.mode].model_dump(mode="json"), "rules": dict(day.refs)}
        for shop in shops.values()
    }
    ids = orders.keep_terms(tx, [*contents.values()])
    terms = dict(zip(contents, ids, strict=True))
    known = Known(shops, flags, supplies, terms, _scores(tx, day, shops))
    quote_ids = new_ids(tx.sql, QuoteId, len(drafts))
    quotes = [
        quote_of(tx, day, draft, (id, known)) for draft, id in zip(drafts, quote_ids, strict=True)
    ]
    orders.keep_quotes(tx, quotes)
    return quotes


def _scores(tx: Tx, day: Day, shops: Mapping[ShopId, Shop]) -> Mapping[ShopId, int]:
    """How the shops stand this month, where a fee depends on it."""
    if not day.fees.looks_at("shop_score"):
        return {}
    return settlement.scores(tx, day.on.replace(day=1), shops.keys())


def _flags(tx: Tx, day: Day, shops: Mapping[ShopId, Shop]) -> dict[str, Mode]:
    version = rules_of(tx).on(Mode, day.name, day.on)
    return {mode: version.row({"mode": mode}) for mode in {shop.mode for shop in shops.values()}}


def _discount(tx: Tx, day: Day, drafts: Sequence[Draft]) -> None:
    baskets = [_basket(draft) for draft in drafts]
    offers = promotions.load(tx, day.name, baskets, tx.now)
    if offers:
        baskets = _known(tx, offers, drafts, baskets)
    rule = rules_of(tx).on(Promotions, day.name, day.on).row({})
    for draft, priced in zip(drafts, promotions.price(rule, offers, baskets), strict=True):
        draft.discounts, draft.unused_codes = list(priced.lines), priced.unused_codes


def _basket(draft: Draft) -> promotions.Basket:
    buyer = draft.wish.buyer_id
    return promotions.Basket(
        lines=tuple(
            promotions.BasketLine(
                sku_id=offer.sku_id,
                product_id=offer.product_id,
                shop_id=offer.shop_id,
                merchant_id=offer.merchant_id,
                quantity=quantity,
                list_minor=offer.price_minor * quantity,
                shipping_minor=offer.shipping_minor * quantity,
            )
            for offer, quantity in zip(draft.offers, draft.quantities, strict=True)
        ),
        buyer=None if buyer is None else str(buyer),
        codes=draft.wish.coupon_codes,
    )


def _known(
    tx: Tx,
    offers: Sequence[promotions.Promotion],
    drafts: Sequence[Draft],
    baskets: Sequence[promotions.Basket],
) -> list[promotions.Basket]:
    """The baskets with what offers ask about who buys them."""
    people = {draft.wish.buyer_id for draft in drafts if draft.wish.buyer_id is not None}
    if not people:
        return [*baskets]
    known = orders.known_buyers(tx, people)
    used = promotions.used(tx, offers, {str(person) for person in people})
    return [
        replace(
            basket,
            is_new_customer=draft.wish.buyer_id is not None and draft.wish.buyer_id not in known,
            used=used.get(basket.buyer or "", {}),
        )
        for draft, basket in zip(drafts, baskets, strict=True)
    ]


def _tax(
    tx: Tx,
    day: Day,
    drafts: Sequence[Draft],
    shops: Mapping[ShopId, Shop],
    flags: Mapping[str, Mode],
) -> None:
    for draft in drafts:
        to = draft.wish.destination
        lines = [
            taxes.Taxable(
                shop_id=offer.shop_id,
                goods_minor=price.net_minor,
                shipping_minor=offer.shipping_minor * quantity - price.shipping_discount,
                merchant_of_record=flags[shops[offer.shop_id].mode].merchant_of_record,
                deemed_supplier=flags[shops[offer.shop_id].mode].deemed_supplier,
                seller_type=shops[offer.shop_id].seller_type,
                mode=shops[offer.shop_id].mode,
                category=offer.category_path,
            )
            for offer, quantity, price in zip(
                draft.offers, draft.quantities, draft.discounts, strict=True
            )
        ]
        place = taxes.Place(country=to.country, region=to.region)
        draft.taxes = taxes.of(rules_of(tx), day.name, day.on, place, lines)


def _commission(tx: Tx, day: Day, drafts: Sequence[Draft]) -> None:
    """Rates come from our own tables as they are now, whatever the client says."""
    asked = [
        affiliates.Asked(click=draft.wish.click, product_id=offer.product_id, shop_id=offer.shop_id)
        for draft in drafts
        for offer in draft.offers
    ]
    version = rules_of(tx).on(CommissionRule, day.name, day.on)
    found = iter(affiliates.rates(tx, asked, tx.now))
    for draft in drafts:
        draft.commissions = [
            None
            if rate is None
            else Commission(
                creator_id=rate.creator_id,
                plan_id=int(rate.plan_id),
                content=rate.content,
                rate_bp=rate.rate_bp,
                base=rate.base,
                days=version.row({"category": offer.category_path}).days,
                rule=rate.rule,
            )
            for offer in draft.offers
            for rate in [next(found)]
        ]


def _supplies(
    tx: Tx, day: Day, drafts: Sequence[Draft], flags: Mapping[str, Mode]
) -> dict[SkuId, sourcing.Supply]:
    if all(flag.settlement_basis == "retail_sale" for flag in flags.values()):
        return {}
    skus = {offer.sku_id for draft in drafts for offer in draft.offers}
    return sourcing.supply(tx, day.name, skus, day.on)
