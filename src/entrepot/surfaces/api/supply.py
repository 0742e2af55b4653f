"""What suppliers agreed to deliver, and at which prices from which day on."""

from datetime import date, datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field

from entrepot.contexts import identity, sourcing
from entrepot.contexts.catalog import SkuId
from entrepot.contexts.sourcing import Agreement, AgreementId, Basis
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.money import Currency
from entrepot.kernel.problems import Forbidden, NotFound, only
from entrepot.kernel.tx import Tx

from .calls import ThisCall
from .problems import refusals
from .routing import noun
from .views import Asked, Minor, Page, Paging, Slug, View, after_id, cursor_id, example, page

router = noun(tag="supply")

UnitPrice = Annotated[int, Field(gt=0, le=10**12)]


class AskAgreement(Asked):
    """A supplier supplies one SKU for one market: paid on receipt, or on sale."""

    model_config = example(
        {
            "supplier_id": "144115188075855873",
            "sku_id": "144115188075855874",
            "market": "us",
            "basis": "supply_price_on_sale",
            "currency": "USD",
            "unit_minor": 4000,
            "from_on": "2024-04-01",
            "terms_days": 30,
        }
    )

    supplier_id: OrganisationId
    sku_id: SkuId
    market: Slug
    basis: Basis
    currency: Currency
    unit_minor: UnitPrice
    from_on: date
    terms_days: Annotated[int, Field(ge=0, le=3_650)] | None = None


class AskSupplyPrice(Asked):
    model_config = example({"unit_minor": 4200, "from_on": "2024-05-01"})

    unit_minor: UnitPrice
    from_on: date


class AskEnd(Asked):
    model_config = example({"last_on": "2024-06-30"})

    last_on: date


class SupplyPriceView(View):
    version: int
    unit_minor: Minor
    from_on: date


class AgreementView(View):
    id: AgreementId
    supplier_id: OrganisationId
    sku_id: SkuId
    market: str
    basis: Basis
    currency: Currency
    terms_days: int | None
    opened_on: date
    ended_on: date | None
    made_at: datetime


class AgreementDetail(AgreementView):
    """An agreement with every version of its price; the one that began last counts."""

    prices: list[SupplyPriceView]


@router.get("/supply-agreements")
def list_agreements(ask: Annotated[Paging, Query()], call: ThisCall) -> Page[AgreementView]:
    """The supply agreements that one may see, oldest first."""
    after = after_id(ask.after, AgreementId)
    rows: list[Agreement] = call.signed_in(lambda tx: sourcing.page(tx, after, ask.limit))
    return page(rows, ask.limit, AgreementView.model_validate, lambda row: cursor_id(row.id))


@router.post(
    "/supply-agreements",
    status_code=201,
    responses=refusals(Forbidden, NotFound, sourcing.AlreadySupplied),
)
def agree_on_supply(body: AskAgreement, call: ThisCall) -> AgreementDetail:
    """Agree on the supply of a SKU, with its first price."""
    wish = sourcing.NewAgreement(**body.model_dump())

    def agree(tx: Tx) -> AgreementId:
        made = only(sourcing.agree(tx, [wish])).id
        if body.supplier_id not in identity.known(tx, [body.supplier_id]):
            raise NotFound("supplier", body.supplier_id)
        return made

    return call.once(AgreementId, agree, _detail)


@router.get("/supply-agreements/{agreement_id}", responses=refusals(NotFound))
def read_agreement(agreement_id: AgreementId, call: ThisCall) -> AgreementDetail:
    """One agreement with its prices."""
    return call.signed_in(lambda tx: _detail(tx, agreement_id))


@router.post(
    "/supply-agreements/{agreement_id}/prices",
    status_code=201,
    responses=refusals(Forbidden, NotFound, sourcing.DayHasBegun),
)
def agree_on_price(
    agreement_id: AgreementId, body: AskSupplyPrice, call: ThisCall
) -> AgreementDetail:
    """Agree on another supply price, from a day on that has not begun in the market."""
    wish = sourcing.NewSupplyPrice(agreement_id=agreement_id, **body.model_dump())
    return call.once(
        AgreementId, lambda tx: only(sourcing.reprice(tx, [wish])).agreement_id, _detail
    )


@router.post(
    "/supply-agreements/{agreement_id}/end",
    status_code=201,
    responses=refusals(Forbidden, NotFound, sourcing.AgreementEnded),
)
def end_agreement(agreement_id: AgreementId, body: AskEnd, call: ThisCall) -> AgreementDetail:
    """End an agreement after a day that is not over."""
    wish = sourcing.End(agreement_id=agreement_id, last_on=body.last_on)
    return call.once(AgreementId, lambda tx: only(sourcing.end(tx, [wish])).id, _detail)


def _detail(tx: Tx, id: AgreementId) -> AgreementDetail:
    view = AgreementView.model_validate(only(sourcing.by_ids(tx, [id])))
    prices = [SupplyPriceView.model_validate(price) for price in sourcing.prices(tx, id)]
    return AgreementDetail(**dict(view), prices=prices)
