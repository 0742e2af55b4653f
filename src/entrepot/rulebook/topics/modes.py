"""Operating modes: who is responsible for what. Code asks the flags, never the name."""

from typing import ClassVar, Literal

from entrepot.rulebook.rows import RuleRow

Side = Literal["merchant", "platform"]
SettlementBasis = Literal["retail_sale", "supply_price_on_receipt", "supply_price_on_sale"]


class Mode(RuleRow):
    """The responsibilities of one mode. All of them are copied onto each order line."""

    topic: ClassVar[str] = "modes"

    mode: str
    title_holder: Side
    merchant_of_record: Side
    retail_price_setter: Side
    content_owner: Side
    campaign_enroller: Side
    stock_planner: Side
    stock_position: Literal["origin", "overseas", "any"]
    stock_owner: Side
    first_mile_payer: Side
    line_haul_payer: Side
    last_mile_payer: Side
    parcel_shipper: Side
    customs_declarant: Side
    deemed_supplier: Literal["merchant", "platform", "by_value"]
    buyer_service: Side
    return_cost_bearer: Side
    commission_payer: Side
    fee_scheme: str
    settlement_basis: SettlementBasis
