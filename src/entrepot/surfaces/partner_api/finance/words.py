"""What a shop earned, in the dialect's words: amounts as text, what the seller pays is negative."""

from datetime import UTC, datetime

from entrepot.contexts.merchants import Shop
from entrepot.kernel.money import Currency
from entrepot.surfaces.partner_api import money
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.operations import Ask
from entrepot.surfaces.partner_api.paging import Key, PagedT, after, instant, mark
from entrepot.surfaces.partner_api.shapes import Nothing, SortOrder
from entrepot.views.earned import Cut, Earning

# By the kind of a fee in the rulebook. A kind that the dialect has no word for is a service fee.
FEES = {
    "transaction_fee": "transaction_fee_amount",
    "semi_managed_commission": "platform_semi_managed_commission_fee",
    "campaign_surcharge": "campaign_resource_fee",
    "refund_administration_fee": "refund_administration_fee_amount",
    "creator_commission": "affiliate_commission_amount",
}
OTHER_FEE = "platform_special_service_fee_amount"
REIMBURSEMENT = "PLATFORM_REIMBURSEMENT"  # Of a refund that was the platform's choice.
REFERRAL, COMMISSION = "referral_fee_amount", "platform_commission_amount"


class Words:
    """Amounts of one shop in one currency."""

    def __init__(self, shop: Shop, currency: str) -> None:
        self._currency = Currency(currency)
        # The same fee has another name in the United States.
        self._fees = {
            **FEES,
            "platform_commission": REFERRAL if shop.market == "us" else COMMISSION,
        }
        self._vat = "vat_amount" if shop.seller_type == "cross_border" else "local_vat_amount"

    def amount(self, minor: int) -> str:
        """Minor units as a decimal string in major units."""
        return money.amount(minor, self._currency)

    def amounts(self, **minors: int) -> dict[str, str]:
        """Several of them, by the dialect's names without `_amount`."""
        return {f"{name}_amount": self.amount(minor) for name, minor in minors.items()}

    def fees(self, row: Earning) -> Data:
        """`fee_tax_breakdown`: each fee and tax that the seller bore."""
        named: dict[str, int] = {}
        for kind, minor in row.fee_parts.items():
            name = self._fees.get(kind, OTHER_FEE)
            named[name] = named.get(name, 0) + minor
        fee = {name: self.amount(minor) for name, minor in named.items()}
        return {"fee": fee, "tax": {self._vat: self.amount(row.totals.taxes)}}

    def revenue(self, row: Earning) -> Data:
        """`revenue_breakdown`: goods, the seller's discounts, and what went back."""
        return self.amounts(
            subtotal_before_discount=row.sold["subtotal"],
            refund_subtotal_before_discount=row.refunded["subtotal"],
            seller_discount=row.sold["discount"],
            seller_discount_refund=row.refunded["discount"],
        )

    def shipping(self, row: Earning) -> Data:
        """`shipping_cost_breakdown`: who ships keeps what the buyer paid for it."""
        back = row.return_shipping
        return self.amounts(
            customer_paid_shipping_fee=row.totals.shipping - back, return_shipping_fee=back
        )

    def beside(self, row: Earning) -> Data:
        """`supplementary_component`: what explains the amounts without being part of them."""
        sold, back = row.sold, row.refunded
        return self.amounts(
            customer_payment=sold["paid"],
            customer_refund=back["paid"],
            platform_discount=sold["platform_discount"],
            platform_discount_refund=back["platform_discount"],
            sales_tax=sold["sales_tax"] + back["sales_tax"],
            sales_tax_payment=sold["sales_tax"],
            sales_tax_refund=-back["sales_tax"],
        )


def seconds(at: datetime) -> int:
    """An instant as the dialect tells it."""
    return int(at.timestamp())


def key(at: datetime, id: int, *more: int | str) -> Key:
    """Where a page ends, to the microsecond."""
    return (mark(at), id, *more)


def cut(ask: Ask[PagedT, Nothing], since: int | None, before: int | None) -> Cut:
    """The part of a list that is asked for, in the words of the view."""
    last = after(ask)
    return Cut(
        after=None if last is None else (instant(last[0]), int(last[1])),
        rising=ask.query.sort_order is SortOrder.ASC,
        limit=ask.query.page_size + 1,
        since=_instant(since),
        before=_instant(before),
    )


def _instant(at: int | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, UTC)
