"""How taxes are computed and taken back. Pure: the rules come in, nothing is stored."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from entrepot.kernel.ids import Id
from entrepot.kernel.money import share, step
from entrepot.rulebook import Market, Rulebook, Tax

from .model import Place, Side, Taxable, TaxLine

NONE = "none"
WHOLE_PPM = 1_000_000


def of(
    rules: Rulebook, market: str, day: date, to: Place, lines: Sequence[Taxable]
) -> list[tuple[TaxLine, ...]]:
    """The taxes of each line of a basket, by the rules of the tax point's market day.

    What a buyer pays for shipping is taxed as the goods that are shipped.
    """
    version = rules.on(Tax, market, day)
    rows = [version.row(_case(line, to)) for line in lines]
    currency = rules.on(Market, market, day).row({}).currency
    for row in rows:
        limit = row.deemed_limit_currency
        assert limit in {None, currency}, f"{version.ref} has a limit in {limit}, not {currency}"
    values = consignment_values(rows, lines)
    return [
        _taxes(row, line, values[line.shop_id], version.ref)
        for row, line in zip(rows, lines, strict=True)
    ]


def consignment_values(rows: Sequence[Tax], lines: Sequence[Taxable]) -> Mapping[Id, int]:
    """By shop: what its goods are worth without tax and transport, as customs look at it.

    Goods of one rate are added up before their tax is taken out, so that the value does not hang
    on how the basket is cut into lines.
    """
    worth = Counter[tuple[Id, int, bool]]()
    for row, line in zip(rows, lines, strict=True):
        worth[line.shop_id, row.rate_ppm, row.included] += line.goods_minor
    values = Counter[Id]()
    for (shop_id, rate_ppm, included), minor in worth.items():
        inside = share(minor, rate_ppm, WHOLE_PPM + rate_ppm) if included else 0
        values[shop_id] += minor - inside
    return values


def reverse(taxes: Sequence[TaxLine], before: int, after: int, of: int) -> tuple[TaxLine, ...]:
    """What a refund takes back of each tax, as it goes from `before` to `after` out of `of`.

    The lines are those of the sale with their signs turned: same jurisdiction, rate and rule. All
    refunds of a sale together take back exactly what it was taxed.
    """
    return tuple(
        replace(
            tax,
            base_minor=-step(tax.base_minor, before, after, of),
            minor=-step(tax.minor, before, after, of),
        )
        for tax in taxes
    )


def on_top(taxes: Sequence[TaxLine]) -> int:
    """What the buyer pays beside the price."""
    return sum(tax.minor for tax in taxes if not tax.included)


def _case(line: Taxable, to: Place) -> dict[str, str | tuple[str, ...] | None]:
    return {
        "country": to.country.upper(),
        "region": to.region.upper(),
        "seller_type": line.seller_type,
        "mode": line.mode,
        "category": line.category,
    }


def _taxes(row: Tax, line: Taxable, consignment_minor: int, rule: str) -> tuple[TaxLine, ...]:
    base = line.goods_minor + line.shipping_minor
    if row.kind == NONE or row.rate_ppm == 0 or base == 0:
        return ()
    return (
        TaxLine(
            jurisdiction=row.jurisdiction,
            kind=row.kind,
            base_minor=base,
            rate_ppm=row.rate_ppm,
            minor=row.of(base),
            included=row.included,
            remitter=_remitter(row, line, consignment_minor),
            rule=rule,
        ),
    )


def _remitter(row: Tax, line: Taxable, consignment_minor: int) -> Side:
    """The facilitator, the seller itself, or whom the law deems to be the seller."""
    if row.facilitator or line.merchant_of_record == Side.PLATFORM:
        return Side.PLATFORM
    if line.deemed_supplier != "by_value":
        return Side(line.deemed_supplier)
    limit = row.deemed_limit_minor
    within = limit is not None and consignment_minor <= limit
    return Side.PLATFORM if within else Side.MERCHANT
