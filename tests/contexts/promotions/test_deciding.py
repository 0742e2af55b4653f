"""Who decides what promotions take off a shop's prices: whoever sets them, by the mode."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from entrepot.contexts import merchants, promotions
from entrepot.contexts.merchants import NotYourDecision, ShopNotFound
from entrepot.contexts.promotions import Layer, NewPromotion, Permission, Promotion, State
from entrepot.kernel.access import Actor, Grant
from entrepot.kernel.ids import Id
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.problems import Problem, only
from entrepot.kernel.tx import Tx
from tests import filling

from .offers import BY_SELLER, new

OPERATOR = Actor("person:2", {Grant(Permission.EDIT)})


@pytest.fixture
def own(tx: Tx) -> merchants.Shop:
    """A shop that sets its own prices."""
    return filling.opened_shop(tx, "self-operated", "us")


@pytest.fixture
def managed(tx: Tx) -> merchants.Shop:
    """A shop whose prices the platform sets."""
    return filling.opened_shop(tx, "full-managed-consignment", "us")


def wish(shop: merchants.Shop, layer: Layer = Layer.SELLER_COUPON, **more: Any) -> NewPromotion:
    return new(layer, **{"owner_id": shop.merchant_id, "shop_id": Id(int(shop.id)), **more})


def clerk(tx: Tx, shop: merchants.Shop) -> Tx:
    return replace(tx, actor=Actor("person:1", {Grant(Permission.EDIT, shop.merchant_id)}))


def operator(tx: Tx) -> Tx:
    return replace(tx, actor=OPERATOR)


def offered(tx: Tx, one: NewPromotion) -> Promotion | Problem:
    [outcome] = promotions.create(tx, [one])
    return outcome


def state(outcome: Promotion | Problem) -> State:
    assert isinstance(outcome, Promotion), outcome
    return outcome.state


def refusing(outcome: Promotion | Problem) -> str:
    assert isinstance(outcome, NotYourDecision), outcome
    assert outcome.members["flag"] == "retail_price_setter"
    return str(outcome.members["decided_by"])


@pytest.mark.parametrize("layer", sorted(BY_SELLER))
def test_the_operator_takes_nothing_off_what_merchants_price(
    tx: Tx, own: merchants.Shop, layer: Layer
) -> None:
    assert refusing(offered(operator(tx), wish(own, layer))) == "merchant"
    assert promotions.page(tx) == []
    assert state(offered(clerk(tx, own), wish(own, layer))) is State.ACTIVE


@pytest.mark.parametrize("layer", sorted(BY_SELLER))
def test_a_supplier_takes_nothing_off_what_the_platform_prices(
    tx: Tx, managed: merchants.Shop, layer: Layer
) -> None:
    assert refusing(offered(clerk(tx, managed), wish(managed, layer))) == "platform"
    assert promotions.page(tx) == []
    assert state(offered(operator(tx), wish(managed, layer))) is State.ACTIVE


def test_what_the_platform_shares_it_proposes_and_the_merchant_accepts(
    tx: Tx, own: merchants.Shop
) -> None:
    proposed = offered(operator(tx), wish(own, seller_share_bp=4_000))
    assert isinstance(proposed, Promotion)
    assert proposed.state is State.PROPOSED
    assert refusing(promotions.accept(operator(tx), [proposed.id])[0]) == "merchant"
    assert isinstance(promotions.resume(clerk(tx, own), [proposed.id])[0], IllegalMove)
    assert only(promotions.by_ids(tx, [proposed.id])).state is State.PROPOSED

    accepted = only(promotions.accept(clerk(tx, own), [proposed.id]))

    assert accepted.state is State.ACTIVE
    assert isinstance(promotions.accept(clerk(tx, own), [proposed.id])[0], IllegalMove)


def test_a_proposal_may_be_turned_down(tx: Tx, own: merchants.Shop) -> None:
    proposed = offered(operator(tx), wish(own, seller_share_bp=4_000))
    assert isinstance(proposed, Promotion)
    assert only(promotions.end(clerk(tx, own), [proposed.id])).state is State.ENDED


def test_the_operator_stops_a_merchants_offer_and_does_not_start_it(
    tx: Tx, own: merchants.Shop
) -> None:
    made = offered(clerk(tx, own), wish(own))
    assert isinstance(made, Promotion)
    assert only(promotions.pause(operator(tx), [made.id])).state is State.PAUSED
    assert refusing(promotions.resume(operator(tx), [made.id])[0]) == "merchant"
    assert only(promotions.resume(clerk(tx, own), [made.id])).state is State.ACTIVE


def test_another_merchants_shop_is_none(
    tx: Tx, own: merchants.Shop, managed: merchants.Shop
) -> None:
    foreign = wish(own, shop_id=Id(int(managed.id)))
    assert isinstance(offered(clerk(tx, own), foreign), ShopNotFound)
    absent = wish(own, shop_id=Id(99))
    assert isinstance(offered(clerk(tx, own), absent), ShopNotFound)


def test_the_platforms_own_offers_ask_no_merchant(tx: Tx) -> None:
    later = replace(operator(tx), now=tx.now + timedelta(hours=1))
    assert state(offered(later, new(Layer.PLATFORM_COUPON))) is State.ACTIVE
