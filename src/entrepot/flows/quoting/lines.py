"""The arithmetic of one quote, and what is kept of it so that it can be done again."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from entrepot.contexts import orders, promotions, sourcing
from entrepot.contexts.catalog import Offer
from entrepot.contexts.ledger import PLATFORM
from entrepot.contexts.merchants import Shop
from entrepot.contexts.orders import Charge, Pricing, Quote, QuoteId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.money import Money
from entrepot.kernel.tx import Tx
from entrepot.rulebook import Mode

from .model import Charged, Day, Draft, Known

HOLDS_FOR = timedelta(minutes=30)


def quote_of(tx: Tx, day: Day, draft: Draft, given: tuple[QuoteId, Known]) -> Quote:
    id, known = given
    lines: list[orders.QuotedLine] = []
    heads: list[orders.QuotedOrder] = []
    for number, shop_id in enumerate(draft.shops):
        shop = known.shops[shop_id]
        places = [n for n, offer in enumerate(draft.offers) if offer.shop_id == shop_id]
        charged = [
            _charged(day, shop, known, (draft.offers[n], draft.discounts[n])) for n in places
        ]
        pricings = [
            _pricing(draft, n, known.flags[shop.mode], each.charges)
            for n, each in zip(places, charged, strict=True)
        ]
        parts = orders.split(pricings)
        lines += [
            _line(draft, n, pricing, (number, pos, known, shop), (part, each.case))
            for pos, (n, pricing, part, each) in enumerate(
                zip(places, pricings, parts, charged, strict=True), start=1
            )
        ]
        heads.append(_head(day, shop, known, [line for line in lines if line.order == number]))
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
            orders.PromotionUse(
                promotion_id=int(use.promotion_id), minor=use.minor, units=use.units
            )
            for use in uses
        ),
        lines=tuple(lines),
        unused_codes=draft.unused_codes,
        quoted_at=tx.now,
        # The rules of a day decide what is placed on it.
        expires_at=min(tx.now + HOLDS_FOR, day.market.end_of(day.on)),
    )


def _case(day: Day, shop: Shop, known: Known, offer: Offer, campaign: str | None) -> dict[str, Any]:
    """What fee rows can select by. Kept on the line: the same question has the same answer."""
    score = known.scores.get(shop.id)
    return {
        "seller_type": str(shop.seller_type),
        "mode": shop.mode,
        "category": list(offer.category_path),
        "fee_scheme": known.flags[shop.mode].fee_scheme,
        "shop_age_days": (day.on - shop.opened_on).days,
        "campaign": campaign,
        "on": "sale",
        **({} if score is None else {"shop_score": score}),
    }


def _campaign(price: promotions.LinePrice) -> str | None:
    """The campaign that a line is sold in, as fee rows name it.

    A flash sale is the platform's: it takes part in the price. A deal that a shop gives by itself,
    at its own expense alone, is no campaign and costs no surcharge.
    """
    deal = promotions.Layer.FLASH_DEAL
    flash = any(part.layer is deal and part.funder_id == PLATFORM for part in price.applied)
    return "flash_sale" if flash else None


def _charged(
    day: Day, shop: Shop, known: Known, sold: tuple[Offer, promotions.LinePrice]
) -> Charged:
    offer, price = sold
    campaign = _campaign(price)
    score = known.scores.get(shop.id)
    asked = (shop.mode, shop.seller_type, shop.opened_on, offer.category_path, campaign, score)
    found = known.cases.get(asked)
    if found is None:
        case = _case(day, shop, known, offer, campaign)
        fees = day.fees.each(case, by="kind")
        found = Charged(case, tuple(Charge(fee=fee, rule=day.fees.ref) for fee in fees))
        known.cases[asked] = found
    return found


def _pricing(draft: Draft, n: int, flags: Mode, charges: tuple[Charge, ...]) -> Pricing:
    offer, quantity, price = draft.offers[n], draft.quantities[n], draft.discounts[n]
    return Pricing(
        merchant_id=offer.merchant_id,
        flags=flags,
        list_minor=price.list_minor,
        seller_discount=price.seller_discount,
        platform_discount=price.platform_discount,
        shipping=offer.shipping_minor * quantity,
        shipping_discount=price.shipping_discount,
        taxes=draft.taxes[n],
        charges=charges,
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
        shipping_minor=pricing.shipping - pricing.shipping_discount,
        tax_minor=pricing.tax_on_top,
        payment_minor=pricing.payment,
        parts=parts,
        inputs={
            "case": case,
            "taxes": pricing.taxes,
            "promotions": (*price.applied, *price.off_shipping),
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
    day: Day, shop: Shop, known: Known, lines: Sequence[orders.QuotedLine]
) -> orders.QuotedOrder:
    flags = known.flags[shop.mode]
    case = {"mode": shop.mode, "seller_type": str(shop.seller_type)}
    row = day.timers.row(case)
    return orders.QuotedOrder(
        shop_id=shop.id,
        merchant_id=shop.merchant_id,
        record_id=shop.merchant_id if flags.merchant_of_record == "merchant" else PLATFORM,
        mode=shop.mode,
        seller_type=str(shop.seller_type),
        total_minor=sum(line.payment_minor for line in lines),
        timers=day.timers.ref,
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
