"""The chart of accounts: what money can be there for."""

from collections.abc import Mapping
from enum import StrEnum

from entrepot.kernel.access import OrganisationId

PLATFORM = OrganisationId(0)


class Purpose(StrEnum):
    """What an account is for. `fee_revenue` has one account for each kind of fee."""

    AVAILABLE = "available"
    BANK = "bank"
    BUYER_CLEARING = "buyer_clearing"
    CARRIER_PAYABLE = "carrier_payable"
    COMMISSION_EXPENSE = "commission_expense"
    COST_OF_GOODS = "cost_of_goods"
    DUTY_PAYABLE = "duty_payable"
    FEE_REVENUE = "fee_revenue"
    FX_LIQUIDITY = "fx_liquidity"
    FX_RESULT = "fx_result"
    INVENTORY = "inventory_at_cost"
    ON_HOLD = "on_hold"
    PAYOUT_IN_TRANSIT = "payout_in_transit"
    PENALTY_INCOME = "penalty_income"
    PENDING = "pending"
    PROMOTION_EXPENSE = "promotion_expense"
    PSP_RECEIVABLE = "psp_receivable"
    REFUND_EXPENSE = "refund_expense"
    RESERVE = "reserve"
    SALES_REVENUE = "sales_revenue"
    SHIPPING_REVENUE = "shipping_revenue"
    STOCK_LOSS = "stock_loss"
    TAX_PAYABLE = "tax_payable"


CHART: Mapping[Purpose, str] = {
    Purpose.AVAILABLE: "settled on a statement, not yet sent to the payee",
    Purpose.BANK: "the platform's own money at its bank",
    Purpose.BUYER_CLEARING: "captured and not yet an order's, or on its way back to a buyer",
    Purpose.CARRIER_PAYABLE: "freight that the platform owes carriers",
    Purpose.COMMISSION_EXPENSE: "creators' commission that the platform bears",
    Purpose.COST_OF_GOODS: "what sold goods cost the platform, bought out or on consignment",
    Purpose.DUTY_PAYABLE: "customs duty and import VAT, by jurisdiction",
    Purpose.FEE_REVENUE: "what the platform charges, one account for each kind of fee",
    Purpose.FX_LIQUIDITY: "the two sides of exchanged payouts",
    Purpose.FX_RESULT: "gain or loss of exchange",
    Purpose.INVENTORY: "stock that the platform bought, at cost",
    Purpose.ON_HOLD: "a payee's share of what was delivered or received, not yet settled",
    Purpose.PAYOUT_IN_TRANSIT: "sent to the bank, not yet confirmed",
    Purpose.PENALTY_INCOME: "penalties and deductions",
    Purpose.PENDING: "paid by buyers and not yet delivered, with the merchant of record",
    Purpose.PROMOTION_EXPENSE: "discounts that the platform funds",
    Purpose.PSP_RECEIVABLE: "captured by the payment provider for us",
    Purpose.REFUND_EXPENSE: "refunds and ways back that the platform bears",
    Purpose.RESERVE: "a part of settlements that is held longer",
    Purpose.SALES_REVENUE: "sales of which the platform is the merchant of record",
    Purpose.SHIPPING_REVENUE: "shipping paid by buyers where the platform ships",
    Purpose.STOCK_LOSS: "bought-out stock that was lost, damaged or miscounted, or found again",
    Purpose.TAX_PAYABLE: "taxes that the platform remits, by jurisdiction",
}


def fee_revenue(kind: str) -> str:
    """The purpose of the account for one kind of fee; the kinds are an open list."""
    return f"{Purpose.FEE_REVENUE}:{kind}"
