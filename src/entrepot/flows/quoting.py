"""What a basket costs, for n baskets at once: every amount of every line, fixed for a while.

All that decides a price is read set by set: offers, shops, promotions, commission, supply. The
arithmetic is pure, and what it was done with is kept on the line, so that it can be done again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from entrepot.contexts import affiliates, catalog, merchants, orders, promotions, sourcing, taxes
from entrepot.contexts.catalog import Offer, SkuId
from entrepot.contexts.ledger import PLATFORM
from entrepot.contexts.merchants import Shop, ShopId
from entrepot.contexts.orders import Charge, Commission, Destination, Pricing, Quote, QuoteId
from entrepot.kernel.access import OrganisationId, PersonId
from entrepot.kernel.ids import new_ids
from entrepot.kernel.money import Money
from entrepot.kernel.problems import BadInput, Problem
from entrepot.kernel.tx import Tx
from entrepot.rulebook import Commission as CommissionRule
from entrepot.rulebook import Fee, Market, MarketNotOpen, Mode, OrderTimers, Promotions
from entrepot.rulebook import of as rules_of

HOLDS_FOR = timedelta(minutes=30)
MOST_LINES, MOST_UNITS = 100, 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteWish:
    """A basket for one market and destination; the click is what the client says it came by."""

    market: str
    items: tuple[tuple[SkuId, int], ...]
    destination: Destination
    coupon_codes: tuple[str, ...] = ()
    click: affiliates.Click | None = None
    buyer_id: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """The rules of one market on the day of the quote."""

    market: Market
    name: str
    on: date
    refs: Mapping[str, str]


@dataclass(slots=True)
class Draft:
    """One basket on its way to a quote: its lines by shop, in the order of the basket."""

    wish: QuoteWish
    offers: list[Offer]
    quantities: list[int]
    discounts: list[promotions.LinePrice] = field(default_factory=list)
    taxes: list[tuple[taxes.TaxLine, ...]] = field(default_factory=list)
    commissions: list[Commission | None] = field(default_factory=list)

    @property
    def shops(self) -> list[ShopId]:
        """The shops of the basket, each once, in the order of its lines."""
        return list(dict.fromkeys(offer.shop_id for offer in self.offers))


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
    return Day(market, name, on, refs)


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
    known = Known(shops, flags, supplies, terms)
    quote_ids = new_ids(tx.sql, QuoteId, len(drafts))
    quotes = [
        _quote(tx, day, draft, (id, known)) for draft, id in zip(drafts, quote_ids, strict=True)
    ]
    orders.keep_quotes(tx, quotes)
    return quotes


@dataclass(frozen=True, slots=True)
class Known:
    """What a batch of baskets was priced with."""

    shops: Mapping[ShopId, Shop]
    flags: Mapping[str, Mode]
    supplies: Mapping[SkuId, sourcing.Supply]
    terms: Mapping[str, orders.TermsId]


def _flags(tx: Tx, day: Day, shops: Mapping[ShopId, Shop]) -> dict[str, Mode]:
    version = rules_of(tx).on(Mode, day.name, day.on)
    return {mode: version.row({"mode": mode}) for mode in {shop.mode for shop in shops.values()}}


def _discount(tx: Tx, day: Day, drafts: Sequence[Draft]) -> None:
    codes = {code for draft in drafts for code in draft.wish.coupon_codes}
    shops = {shop for draft in drafts for shop in draft.shops}
    offers = promotions.load(tx, day.name, [*codes], shops, tx.now)
    people = {draft.wish.buyer_id for draft in drafts if draft.wish.buyer_id is not None}
    known = orders.known_buyers(tx, people) if offers and people else set()
    rule = rules_of(tx).on(Promotions, day.name, day.on).row({})
    baskets = [_basket(draft, known) for draft in drafts]
    for draft, priced in zip(drafts, promotions.price(rule, offers, baskets), strict=True):
        draft.discounts = list(priced.lines)


def _basket(draft: Draft, known: set[PersonId]) -> promotions.Basket:
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
            )
            for offer, quantity in zip(draft.offers, draft.quantities, strict=True)
        ),
        buyer=None if buyer is None else str(buyer),
        is_new_customer=buyer is not None and buyer not in known,
        codes=draft.wish.coupon_codes,
    )


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
                shipping_minor=offer.shipping_minor * quantity,
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
    found = iter(affiliates.rates(tx, asked, day.name))
    for draft in drafts:
        draft.commissions = [
            None
            if rate is None
            else Commission(
                creator_id=rate.creator_id,
                plan_id=int(rate.plan_id),
                content=rate.content,
                rate_bp=rate.rate_bp,
                base=version.row({"category": offer.category_path}).base,
                days=version.row({"category": offer.category_path}).days,
                rule=version.ref,
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


def _quote(tx: Tx, day: Day, draft: Draft, given: tuple[QuoteId, Known]) -> Quote:
    id, known = given
    lines: list[orders.QuotedLine] = []
    heads: list[orders.QuotedOrder] = []
    for number, shop_id in enumerate(draft.shops):
        shop = known.shops[shop_id]
        places = [n for n, offer in enumerate(draft.offers) if offer.shop_id == shop_id]
        cases = [_case(day, shop, known.flags[shop.mode], draft.offers[n]) for n in places]
        pricings = [
            _pricing(tx, day, draft, n, (known.flags[shop.mode], case))
            for n, case in zip(places, cases, strict=True)
        ]
        parts = orders.split(pricings)
        lines += [
            _line(draft, n, pricing, (number, pos, known, shop), (part, case))
            for pos, (n, pricing, part, case) in enumerate(
                zip(places, pricings, parts, cases, strict=True), start=1
            )
        ]
        heads.append(_head(tx, day, shop, known, [line for line in lines if line.order == number]))
    currency = day.market.currency
    uses = promotions.uses(draft.discounts, str(id), None)
    return Quote(
        id=id,
        market=day.name,
        currency=currency,
        buyer_id=draft.wish.buyer_id,
        destination=draft.wish.destination,
        total=Money(sum(head.total_minor for head in heads), currency),
        orders=tuple(heads),
        uses=tuple(
            orders.PromotionUse(promotion_id=int(use.promotion_id), minor=use.minor) for use in uses
        ),
        lines=tuple(lines),
        quoted_at=tx.now,
        # The rules of a day decide what is placed on it.
        expires_at=min(tx.now + HOLDS_FOR, day.market.end_of(day.on)),
    )


def _case(day: Day, shop: Shop, flags: Mode, offer: Offer) -> dict[str, Any]:
    """What fee rows can select by. Kept on the line: the same question has the same answer."""
    return {
        "seller_type": str(shop.seller_type),
        "mode": shop.mode,
        "category": list(offer.category_path),
        "fee_scheme": flags.fee_scheme,
        "shop_age_days": (day.on - shop.opened_on).days,
        "campaign": None,
        "on": "sale",
    }


def _pricing(
    tx: Tx, day: Day, draft: Draft, n: int, terms: tuple[Mode, Mapping[str, Any]]
) -> Pricing:
    flags, case = terms
    offer, quantity, price = draft.offers[n], draft.quantities[n], draft.discounts[n]
    version = rules_of(tx).on(Fee, day.name, day.on)
    return Pricing(
        merchant_id=offer.merchant_id,
        flags=flags,
        list_minor=price.list_minor,
        seller_discount=price.seller_discount,
        platform_discount=price.platform_discount,
        shipping=offer.shipping_minor * quantity,
        taxes=draft.taxes[n],
        charges=tuple(Charge(fee=fee, rule=version.ref) for fee in version.each(case, by="kind")),
        commission=draft.commissions[n],
    )


def _line(
    draft: Draft,
    n: int,
    pricing: Pricing,
    where: tuple[int, int, Known, Shop],
    result: tuple[tuple[orders.Part, ...], Mapping[str, Any]],
) -> orders.QuotedLine:
    (number, pos, known, shop), (parts, case) = where, result
    offer, quantity, price = draft.offers[n], draft.quantities[n], draft.discounts[n]
    supply = known.supplies.get(offer.sku_id)
    return orders.QuotedLine(
        order=number,
        pos=pos,
        sku_id=offer.sku_id,
        listing_id=offer.listing_id,
        product_id=offer.product_id,
        title=offer.title,
        quantity=quantity,
        terms_id=known.terms[shop.mode],
        unit_price_minor=offer.price_minor,
        list_minor=price.list_minor,
        seller_discount_minor=price.seller_discount,
        platform_discount_minor=price.platform_discount,
        shipping_minor=pricing.shipping,
        tax_minor=pricing.tax_on_top,
        payment_minor=pricing.payment,
        parts=parts,
        inputs={
            "case": case,
            "taxes": pricing.taxes,
            "promotions": price.applied,
            "commission": pricing.commission,
            "stock_owner": int(_owner(known, shop, supply)),
            "supply": None
            if supply is None
            else {
                "basis": known.flags[shop.mode].settlement_basis,
                "supplier_id": int(supply.supplier_id),
                "agreement_id": int(supply.agreement_id),
                "version": supply.version,
                "unit_minor": supply.unit_minor,
                "currency": supply.currency,
                "days": supply.terms_days,
            },
        },
    )


def _owner(known: Known, shop: Shop, supply: sourcing.Supply | None) -> OrganisationId:
    """Whose stock is sold: the platform's, the supplier's on consignment, or the merchant's."""
    if known.flags[shop.mode].stock_owner == "platform":
        return PLATFORM
    return shop.merchant_id if supply is None else supply.supplier_id


def _head(
    tx: Tx, day: Day, shop: Shop, known: Known, lines: Sequence[orders.QuotedLine]
) -> orders.QuotedOrder:
    flags = known.flags[shop.mode]
    case = {"mode": shop.mode, "seller_type": str(shop.seller_type)}
    timers = rules_of(tx).on(OrderTimers, day.name, day.on)
    row = timers.row(case)
    return orders.QuotedOrder(
        shop_id=shop.id,
        merchant_id=shop.merchant_id,
        record_id=shop.merchant_id if flags.merchant_of_record == "merchant" else PLATFORM,
        mode=shop.mode,
        seller_type=str(shop.seller_type),
        total_minor=sum(line.payment_minor for line in lines),
        timers=timers.ref,
        unpaid_min=row.unpaid_h * 60,
        reservation_min=row.reservation_min,
        goods=tuple(
            orders.Good(
                pos=line.pos,
                sku_id=line.sku_id,
                quantity=line.quantity,
                owner_id=OrganisationId(line.inputs["stock_owner"]),
            )
            for line in lines
        ),
    )
