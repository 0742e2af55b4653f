"""Why an order's lines were worth what they were."""

from collections.abc import Mapping, Sequence
from typing import Any

from entrepot.contexts import orders, settlement
from entrepot.contexts.orders import Charge, Line, Order, OrderId, Part, Pricing
from entrepot.contexts.promotions import Layer
from entrepot.contexts.taxes import Side, TaxLine
from entrepot.flows import money
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.money import Currency, share
from entrepot.kernel.problems import only
from entrepot.kernel.tx import Tx
from entrepot.rulebook import Fee, Mode, Version, version

from .claims import dates
from .costs import beside_refunds
from .model import Explanation, Rule, Step, amount, percent


def explain_order(tx: Tx, order_id: OrderId) -> Explanation:
    """Every amount of an order that this actor may see; `OrderNotFound` otherwise."""
    order = only(orders.by_ids(tx, [order_id]))
    lines = orders.lines(tx, [order_id])
    terms = orders.terms(tx, {line.terms_id for line in lines})
    currency = order.total.currency
    steps: list[Step] = []
    pricings = [_pricing(tx, order, line, terms[line.terms_id].content) for line in lines]
    for line, pricing, parts in zip(lines, pricings, orders.split(pricings), strict=True):
        steps += _prices(line, pricing, currency)
        steps += _taxes(tx, line, currency)
        steps += _parts(tx, line, parts, currency)
    steps.append(
        Step(
            what="total of the order",
            stored=amount(order.total.minor, currency),
            recomputed=amount(sum(pricing.payment for pricing in pricings), currency),
            formula="sum of what is paid for the lines",
        )
    )
    steps.append(
        Step(
            what="refunded of the order",
            stored=amount(order.refunded_minor, currency),
            recomputed=amount(sum(line.refunded_minor for line in lines), currency),
            formula="sum of what was refunded of the lines",
        )
    )
    claims = settlement.claims_of_orders(tx, [order_id])
    steps += beside_refunds(tx, order, claims)
    for line in lines:
        mine = [claim for claim in claims if claim.pos == line.pos]
        steps += _owed(line, mine, currency)
        steps += [step for claim in mine for step in dates(tx, claim, line)]
    return Explanation(subject=f"order {order.id}", steps=tuple(steps))


def _pricing(tx: Tx, order: Order, line: Line, content: Mapping[str, Any]) -> Pricing:
    """The inputs of a line as they were stored, with the fee rows of the stored rule."""
    inputs, rules = line.inputs, content["rules"]
    flags = Mode.model_validate(content["flags"])
    fees: Version[Fee] = version(tx, rules["fees"])
    applied = [one for one in inputs["promotions"] if one["layer"] != Layer.SHIPPING_DISCOUNT]
    off_shipping = sum(one["minor"] for one in inputs["promotions"]) - sum(
        one["minor"] for one in applied
    )
    funded = {
        by_platform: sum(a["minor"] for a in applied if (a["funder_id"] == 0) is by_platform)
        for by_platform in (True, False)
    }
    return Pricing(
        merchant_id=order.merchant_id,
        flags=flags,
        list_minor=line.unit_price_minor * line.quantity,
        seller_discount=funded[False],
        platform_discount=funded[True],
        shipping=line.shipping_minor + off_shipping,
        shipping_discount=off_shipping,
        taxes=tuple(_tax(tax) for tax in inputs["taxes"]),
        charges=tuple(
            Charge(fee=fee, rule=fees.ref) for fee in fees.each(inputs["case"], by="kind")
        ),
        commission=_commission(inputs["commission"]),
    )


def _tax(given: Mapping[str, Any]) -> TaxLine:
    """A stored tax line with its amount computed again from base and rate."""
    whole = 1_000_000 + given["rate_ppm"] if given["included"] else 1_000_000
    minor = share(given["base_minor"], given["rate_ppm"], whole)
    return TaxLine(**{**given, "remitter": Side(given["remitter"]), "minor": minor})


def _commission(given: Mapping[str, Any] | None) -> orders.Commission | None:
    if given is None:
        return None
    creator = OrganisationId(given["creator_id"])
    return orders.Commission(**{**given, "creator_id": creator, "base": tuple(given["base"])})


def _prices(line: Line, pricing: Pricing, currency: Currency) -> list[Step]:
    rows = [
        ("list price", line.list_minor, pricing.list_minor, f"{line.quantity} x unit price"),
        ("seller discount", line.seller_discount_minor, pricing.seller_discount, "promotions"),
        (
            "platform discount",
            line.platform_discount_minor,
            pricing.platform_discount,
            "promotions",
        ),
        ("tax on top", line.tax_minor, pricing.tax_on_top, "taxes that prices do not include"),
        (
            "paid by the buyer",
            line.payment_minor,
            pricing.payment,
            "list price - discounts + shipping + tax on top",
        ),
    ]
    return [
        Step(
            what=f"line {line.pos}: {what}",
            stored=amount(stored, currency),
            recomputed=amount(again, currency),
            formula=formula,
        )
        for what, stored, again, formula in rows
        if stored or again
    ]


def _taxes(tx: Tx, line: Line, currency: Currency) -> list[Step]:
    return [
        Step(
            what=f"line {line.pos}: {given['kind']} {given['jurisdiction']}",
            stored=amount(given["minor"], currency),
            recomputed=amount(_tax(given).minor, currency),
            formula=f"{percent(given['rate_ppm'])} "
            + ("within " if given["included"] else "of ")
            + f"{amount(given['base_minor'], currency)}, remitted by the {given['remitter']}",
            rule=Rule.of(tx, given["rule"]),
        )
        for given in line.inputs["taxes"]
    ]


def _parts(tx: Tx, line: Line, again: Sequence[Part], currency: Currency) -> list[Step]:
    stored = {(part.kind, part.owner): part for part in line.parts}
    fresh = {(part.kind, part.owner): part for part in again}
    steps = []
    for key in dict.fromkeys([*fresh, *stored]):
        part = fresh.get(key) or stored[key]
        steps.append(
            Step(
                what=f"line {line.pos}: {part.kind}",
                stored=amount(stored[key].minor if key in stored else 0, currency),
                recomputed=amount(fresh[key].minor if key in fresh else 0, currency),
                formula=_formula(line, part, currency),
                rule=Rule.of(tx, part.rule) if part.rule else None,
            )
        )
    return steps


def _formula(line: Line, part: Part, currency: Currency) -> str:
    if part.kind in {f"tax:{tax['jurisdiction']}" for tax in line.inputs["taxes"]}:
        return "the tax above, remitted by the platform"
    if part.rate_ppm:
        fixed = f" + {amount(part.fixed, currency)}" if part.fixed else ""
        return f"{percent(part.rate_ppm)} of {amount(part.base, currency)}{fixed}"
    if part.kind in {orders.NET, orders.SALES}:
        return "paid by the buyer less all other parts"
    return "as funded"


def _owed(line: Line, claims: Sequence[settlement.Claim], currency: Currency) -> list[Step]:
    """What payees were promised for a line and what was taken back since, in one sum."""
    if not any(claim.kind == money.SALE for claim in claims):
        return []
    fees = sum(-claim.breakdown.get("refund_administration_fee", 0) for claim in claims)
    steps = []
    left = orders.left(line.parts, *line.gone)
    worth = {part.kind: minor for part, minor in zip(line.parts, left, strict=True)}
    both = worth[orders.NET] + worth.get(orders.COMMISSION, 0)
    owed = sum(
        claim.amount.minor
        for claim in claims
        if claim.kind.removeprefix(f"{money.REFUND}_") in {money.SALE, money.COMMISSION}
    )
    steps.append(
        Step(
            what=f"line {line.pos}: owed to merchant and creator after refunds",
            stored=amount(owed, currency),
            recomputed=amount(both - fees, currency),
            formula="their parts less the refunded share"
            + (f" less administration fees of {amount(fees, currency)}" if fees else ""),
        )
    )
    return steps
