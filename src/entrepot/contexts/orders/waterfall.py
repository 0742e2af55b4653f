"""What becomes of a buyer's payment for one line: pure arithmetic, done once and for all.

The parts of a line add up to the payment. Credits are positive; a negative part is what the
platform puts in (a discount it funds, a commission it bears). What is taken back later is taken
from each part by the same share of the payment, in steps on the running total, so that all
steps together are the whole part; what rounding leaves of a step is the seller's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from entrepot.contexts import ledger
from entrepot.contexts.taxes import Side, TaxLine
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.money import allocate, share
from entrepot.rulebook import Fee, Mode, base_of

NET, SALES, SHIPPING, PROMOTION = "net", "sales", "shipping", "platform_promotion"
COMMISSION, COMMISSION_BORNE = "creator_commission", "creator_commission_borne"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commission:
    """What a creator is promised, by our own tables when the line was quoted."""

    creator_id: OrganisationId
    plan_id: int
    content: str
    rate_bp: int
    base: tuple[str, ...]
    days: int  # From delivery to settlement, at least.
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """A fee row that applies to a line, with the version that it stands in."""

    fee: Fee
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pricing:
    """All that decides one line's parts; amounts are minor units for the whole quantity."""

    merchant_id: OrganisationId
    flags: Mode
    list_minor: int
    seller_discount: int = 0
    platform_discount: int = 0
    shipping: int = 0
    shipping_discount: int = 0  # The merchant pays it, whoever ships.
    taxes: tuple[TaxLine, ...] = ()
    charges: tuple[Charge, ...] = ()
    commission: Commission | None = None

    @property
    def tax_on_top(self) -> int:
        """Tax that the buyer pays beside the price."""
        return sum(tax.minor for tax in self.taxes if not tax.included)

    @property
    def payment(self) -> int:
        """What the buyer pays for this line."""
        net = self.list_minor - self.seller_discount - self.platform_discount
        return net + self.shipping - self.shipping_discount + self.tax_on_top

    def components(self) -> dict[str, int]:
        """The amounts that a rule's base can name."""
        return {
            "list": self.list_minor,
            "seller_discount": self.seller_discount,
            "platform_discount": self.platform_discount,
            "net_goods": self.list_minor - self.seller_discount - self.platform_discount,
            "shipping": self.shipping,
            "shipping_discount": self.shipping_discount,
            "customer_payment": self.payment,
            "tax": sum(tax.minor for tax in self.taxes),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One share of a payment: for whom, how much, and by which formula and rule."""

    kind: str
    purpose: str  # Of the ledger's chart.
    owner: OrganisationId
    minor: int
    base: int = 0
    rate_ppm: int = 0  # Parts per million of the base: a basis point is 100.
    fixed: int = 0
    rule: str = ""


def split(lines: Sequence[Pricing]) -> list[tuple[Part, ...]]:
    """The parts of each line of one order. What is charged once per order goes by line amount."""
    fixed = _per_order(lines)
    return [_parts(line, fixed[pos]) for pos, line in enumerate(lines)]


def reversed_share(parts: Sequence[Part], before: int, after: int, of: int) -> list[int]:
    """What going from `before` to `after` out of `of` takes back of each part (`Line.gone`).

    The amounts add up to the step, and over all steps to the parts.
    """
    taken = zip(_taken(parts, before, of), _taken(parts, after, of), strict=True)
    return [now - then for then, now in taken]


def left(parts: Sequence[Part], gone: int, of: int) -> list[int]:
    """What remains of each part when `gone` out of `of` went back (`Line.gone`)."""
    taken = _taken(parts, gone, of)
    return [part.minor - gone for part, gone in zip(parts, taken, strict=True)]


def _taken(parts: Sequence[Part], gone: int, of: int) -> list[int]:
    """How much of each part has gone back in all: its share, the last part the rest.

    The last part is what remained for the seller when the payment was split.
    """
    if not parts:
        return []  # Nobody is paid for what replaces goods.
    shares = [share(part.minor, gone, of) for part in parts[:-1]]
    whole = share(sum(part.minor for part in parts), gone, of)
    return [*shares, whole - sum(shares)]


def _per_order(lines: Sequence[Pricing]) -> list[dict[str, int]]:
    """By line: the fixed amount of each fee that is charged once for the whole order."""
    amounts: list[dict[str, int]] = [{} for _ in lines]
    kinds = {charge.fee.kind: charge.fee for line in lines for charge in line.charges}
    for kind, fee in kinds.items():
        if not fee.per_order_minor:
            continue
        weights = [_weight(line, kind) for line in lines]
        if sum(weights) == 0:
            weights = [1] * len(lines)
        for amount, part in zip(amounts, allocate(fee.per_order_minor, weights), strict=True):
            amount[kind] = part
    return amounts


def _weight(line: Pricing, kind: str) -> int:
    charged = any(charge.fee.kind == kind for charge in line.charges)
    return line.list_minor if charged else 0


def _parts(line: Pricing, fixed: Mapping[str, int]) -> tuple[Part, ...]:
    parts = [*_taxes(line), *_promotion(line), *_shipping(line)]
    if line.flags.merchant_of_record == "merchant":
        parts += _fees(line, fixed)
    parts += _commission(line)
    rest = line.payment - sum(part.minor for part in parts)
    if line.flags.merchant_of_record == "merchant":
        parts.append(_part(NET, ledger.Purpose.ON_HOLD, rest, owner=line.merchant_id))
    else:
        parts.append(_part(SALES, ledger.Purpose.SALES_REVENUE, rest))
    return tuple(parts)


def _taxes(line: Pricing) -> list[Part]:
    """Only what the platform remits: a tax that the merchant remits stays in the merchant's net."""
    return [
        Part(
            kind=f"tax:{tax.jurisdiction}",
            purpose=f"{ledger.Purpose.TAX_PAYABLE}:{tax.jurisdiction}",
            owner=ledger.PLATFORM,
            minor=tax.minor,
            base=tax.base_minor,
            rate_ppm=tax.rate_ppm,
            rule=tax.rule,
        )
        for tax in line.taxes
        if tax.remitter is Side.PLATFORM and tax.minor
    ]


def _promotion(line: Pricing) -> list[Part]:
    if not line.platform_discount:
        return []
    return [_part(PROMOTION, ledger.Purpose.PROMOTION_EXPENSE, -line.platform_discount)]


def _shipping(line: Pricing) -> list[Part]:
    """Who ships the parcel is paid for shipping; the platform as merchant of record sells it."""
    if line.flags.parcel_shipper == "merchant" or not line.shipping:
        return []
    return [_part(SHIPPING, ledger.Purpose.SHIPPING_REVENUE, line.shipping)]


def _fees(line: Pricing, fixed: Mapping[str, int]) -> list[Part]:
    components, parts = line.components(), list[Part]()
    for charge in line.charges:
        fee, once = charge.fee, fixed.get(charge.fee.kind, 0)
        minor = fee.of(components) + once
        components[f"fee:{fee.kind}"] = minor
        parts.append(
            Part(
                kind=fee.kind,
                purpose=ledger.fee_revenue(fee.kind),
                owner=ledger.PLATFORM,
                minor=minor,
                base=base_of(fee.base, components),
                rate_ppm=fee.rate_bp * 100,
                fixed=once,
                rule=charge.rule,
            )
        )
    return parts


def _commission(line: Pricing) -> list[Part]:
    promised = line.commission
    if promised is None:
        return []
    base = base_of(promised.base, line.components())
    minor = share(base, promised.rate_bp, 10_000)
    given = Part(
        kind=COMMISSION,
        purpose=ledger.Purpose.ON_HOLD,
        owner=promised.creator_id,
        minor=minor,
        base=base,
        rate_ppm=promised.rate_bp * 100,
        rule=promised.rule,
    )
    if line.flags.commission_payer == "merchant":
        return [given]
    return [given, _part(COMMISSION_BORNE, ledger.Purpose.COMMISSION_EXPENSE, -minor)]


def _part(kind: str, purpose: str, minor: int, *, owner: OrganisationId = ledger.PLATFORM) -> Part:
    return Part(kind=kind, purpose=purpose, owner=owner, minor=minor)
