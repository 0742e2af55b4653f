"""What merchants promise: coupons and discounts to buyers, commission to creators."""

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import AwareDatetime, StringConstraints

from entrepot.contexts import affiliates, catalog, merchants, promotions
from entrepot.contexts.affiliates import PlanId
from entrepot.contexts.catalog import ProductId
from entrepot.contexts.merchants import ShopId
from entrepot.contexts.promotions import Layer, Limits, Promotion, PromotionId, State
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id
from entrepot.kernel.money import Currency
from entrepot.kernel.problems import Forbidden, NotFound, only
from entrepot.kernel.tx import Tx
from entrepot.rulebook import Market
from entrepot.rulebook import of as rules_of

from .calls import ThisCall
from .problems import refusals
from .routing import noun
from .views import (
    NO_NUL,
    Amount,
    Asked,
    BasisPoints,
    Count,
    Page,
    Paging,
    Slug,
    Text,
    View,
    after_id,
    cursor_id,
    example,
    page,
)

router = noun(tag="promotions")

Code = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=NO_NUL)]


class LimitsView(Asked):
    per_buyer: Count | None = None
    total: Count | None = None
    budget_minor: Amount | None = None


class AskPromotion(Asked):
    """A coupon or discount. Without a merchant it is the platform's own."""

    model_config = example(
        {
            "merchant_id": "144115188075855873",
            "shop_id": "144115188075855875",
            "market": "us",
            "layer": "seller_coupon",
            "title": "Ten off",
            "code": "TEN",
            "amount_minor": 1000,
            "starts_at": "2024-04-01T00:00:00Z",
            "ends_at": "2024-05-01T00:00:00Z",
        }
    )

    merchant_id: OrganisationId | None = None
    shop_id: ShopId | None = None
    product_id: ProductId | None = None
    market: Slug
    layer: Layer
    title: Text
    code: Code | None = None
    rate_bp: BasisPoints | None = None
    amount_minor: Amount | None = None
    min_spend_minor: Amount = 0
    max_discount_minor: Amount | None = None
    seller_share_bp: BasisPoints = 10_000
    new_customers_only: bool = False
    limits: LimitsView = LimitsView()
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class PromotionView(View):
    id: PromotionId
    state: State
    owner_id: Id
    market: str
    layer: Layer
    title: str
    currency: Currency
    code: str | None
    shop_id: Id | None
    product_id: Id | None
    rate_bp: int | None
    amount_minor: int | None
    min_spend_minor: int
    max_discount_minor: int | None
    seller_share_bp: int
    new_customers_only: bool
    starts_at: datetime
    ends_at: datetime


class AskPlan(Asked):
    model_config = example({"shop_id": "144115188075855875", "rate_bp": 1000})

    shop_id: ShopId
    rate_bp: BasisPoints
    product_id: ProductId | None = None
    creator_id: OrganisationId | None = None
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None


class AskRate(Asked):
    model_config = example({"rate_bp": 1200})

    rate_bp: BasisPoints


class PlanView(View):
    """A promise to creators, with the rate in force now."""

    id: PlanId
    merchant_id: OrganisationId
    shop_id: ShopId
    market: str
    product_id: ProductId | None
    creator_id: OrganisationId | None
    starts_at: datetime
    ends_at: datetime | None
    rate_bp: int


@router.get("/coupons")
def list_coupons(ask: Annotated[Paging, Query()], call: ThisCall) -> Page[PromotionView]:
    """The coupons and discounts that one may change, oldest first."""
    after = after_id(ask.after, PromotionId)
    rows = call.signed_in(lambda tx: promotions.page(tx, after, ask.limit))
    return page(rows, ask.limit, _promotion, lambda row: cursor_id(row.id))


@router.post(
    "/coupons",
    status_code=201,
    responses=refusals(Forbidden, NotFound, promotions.CodeTaken, merchants.NotYourDecision),
)
def create_coupon(body: AskPromotion, call: ThisCall) -> PromotionView:
    """Offer a coupon or a discount; a merchant's, whose cost the platform shares, is proposed."""

    def create(tx: Tx) -> PromotionId:
        return only(promotions.create(tx, [_offer(tx, body)])).id

    return call.once(PromotionId, create, _read_promotion)


@router.post(
    "/coupons/{promotion_id}/accept",
    status_code=201,
    responses=refusals(NotFound, merchants.NotYourDecision),
)
def accept_coupon(promotion_id: PromotionId, call: ThisCall) -> PromotionView:
    """Agree to what the platform proposed to pay a share of."""
    return call.once(
        PromotionId, lambda tx: only(promotions.accept(tx, [promotion_id])).id, _read_promotion
    )


@router.post("/coupons/{promotion_id}/pause", status_code=201, responses=refusals(NotFound))
def pause_coupon(promotion_id: PromotionId, call: ThisCall) -> PromotionView:
    """Offer it no more for a while."""
    return call.once(
        PromotionId, lambda tx: only(promotions.pause(tx, [promotion_id])).id, _read_promotion
    )


@router.post(
    "/coupons/{promotion_id}/resume",
    status_code=201,
    responses=refusals(NotFound, merchants.NotYourDecision),
)
def resume_coupon(promotion_id: PromotionId, call: ThisCall) -> PromotionView:
    """Offer it again."""
    return call.once(
        PromotionId, lambda tx: only(promotions.resume(tx, [promotion_id])).id, _read_promotion
    )


@router.post("/coupons/{promotion_id}/end", status_code=201, responses=refusals(NotFound))
def end_coupon(promotion_id: PromotionId, call: ThisCall) -> PromotionView:
    """Offer it never again."""
    return call.once(
        PromotionId, lambda tx: only(promotions.end(tx, [promotion_id])).id, _read_promotion
    )


@router.get("/plans", tags=["affiliates"])
def list_plans(ask: Annotated[Paging, Query()], call: ThisCall) -> Page[PlanView]:
    """The affiliate plans that one may change, oldest first."""
    after = after_id(ask.after, PlanId)
    rows = call.signed_in(lambda tx: affiliates.page(tx, after, ask.limit))
    return page(rows, ask.limit, PlanView.model_validate, lambda row: cursor_id(row.id))


@router.post(
    "/plans",
    status_code=201,
    tags=["affiliates"],
    responses=refusals(NotFound, Forbidden, merchants.NotYourDecision),
)
def make_plan(body: AskPlan, call: ThisCall) -> PlanView:
    """Promise creators a rate."""
    wish = affiliates.NewPlan(**body.model_dump())
    return call.once(PlanId, lambda tx: only(affiliates.make(tx, [wish])).id, _plan)


@router.post("/plans/{plan_id}/rates", status_code=201, tags=["affiliates"])
def set_rate(plan_id: PlanId, body: AskRate, call: ThisCall) -> PlanView:
    """Change a plan's rate: a rise counts at once, a cut after thirty days."""
    wish = affiliates.RateChange(plan_id=plan_id, rate_bp=body.rate_bp)
    return call.once(PlanId, lambda tx: only(affiliates.set_rates(tx, [wish])).id, _plan)


@router.post(
    "/plans/{plan_id}/end", status_code=201, tags=["affiliates"], responses=refusals(NotFound)
)
def end_plan(plan_id: PlanId, call: ThisCall) -> PlanView:
    """Promise nothing more; what was promised stays."""
    return call.once(PlanId, lambda tx: only(affiliates.end(tx, [plan_id])).id, _plan)


def _offer(tx: Tx, body: AskPromotion) -> promotions.NewPromotion:
    """The offer, after seeing that shop and product are its owner's."""
    owner = body.merchant_id
    if body.shop_id is not None:
        shop = only(merchants.by_ids(tx, [body.shop_id]))
        if owner is not None and shop.merchant_id != owner:
            raise NotFound("shop", body.shop_id)
    if body.product_id is not None:
        product = only(catalog.products(tx, [body.product_id]))
        if owner is not None and product.merchant_id != owner:
            raise NotFound("product", body.product_id)
    market = rules_of(tx).on(Market, body.market, tx.now.date()).row({})
    given = body.model_dump(exclude={"merchant_id", "limits"})
    return promotions.NewPromotion(
        owner_id=OrganisationId(0) if owner is None else owner,
        currency=market.currency,
        limits=Limits(**body.limits.model_dump()),
        **given,
    )


def _read_promotion(tx: Tx, id: PromotionId) -> PromotionView:
    return _promotion(only(promotions.by_ids(tx, [id])))


def _promotion(row: Promotion) -> PromotionView:
    offer = {name: getattr(row.offer, name) for name in PLAIN}
    return PromotionView.model_validate({"id": row.id, "state": row.state, **offer})


PLAIN = [name for name in PromotionView.model_fields if name not in {"id", "state"}]


def _plan(tx: Tx, id: PlanId) -> PlanView:
    return PlanView.model_validate(only(affiliates.by_ids(tx, [id])))
