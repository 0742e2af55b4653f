"""Promotions as people make them, and as they are counted."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from entrepot.contexts import promotions
from entrepot.contexts.promotions import (
    Basket,
    BudgetSpent,
    CodeTaken,
    Layer,
    LimitReached,
    Limits,
    NewPromotion,
    Permission,
    Promotion,
    PromotionId,
    PromotionNotFound,
    State,
    Use,
    Verb,
)
from entrepot.kernel.access import Actor, Grant, platform
from entrepot.kernel.ids import Id
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.money import Currency
from entrepot.kernel.problems import BadInput, Forbidden, Problem, only
from entrepot.kernel.tx import Tx
from entrepot.rulebook import MarketNotOpen
from tests import filling
from tests.conftest import NOON, Installation

from .offers import MERCHANT, OTHER, PLATFORM, line, new

T = TypeVar("T")
CLERK = Actor("person:1", {Grant(Permission.EDIT, MERCHANT)})


def created(tx: Tx, layer: Layer = Layer.SELLER_COUPON, **more: Any) -> Promotion:
    return only(promotions.create(tx, [new(layer, **more)]))


def use(promotion: Promotion, reference: str, minor: int = 100, buyer: str = "b") -> Use:
    return Use(promotion_id=promotion.id, reference=reference, buyer=buyer, minor=minor)


def kinds(outcomes: list[Problem | None]) -> list[type | None]:
    return [None if outcome is None else type(outcome) for outcome in outcomes]


def loaded(tx: Tx, *codes: str, at: Any = NOON) -> list[PromotionId]:
    basket = Basket(lines=(line(10_000),), codes=codes)
    return [found.id for found in promotions.load(tx, "us", [basket], at)]


def budget(tx: Tx, promotion: Promotion) -> tuple[int, int]:
    query = text("select used, spent_minor from promotions.budgets where promotion_id = :id")
    row = tx.sql.execute(query, {"id": int(promotion.id)}).one()
    return (row.used, row.spent_minor)


@pytest.mark.parametrize("layer", Layer)
def test_an_offer_of_each_layer_is_kept_as_it_was_made(tx: Tx, layer: Layer) -> None:
    wish = new(layer, limits=Limits(per_buyer=1, total=5, budget_minor=900))

    [made] = promotions.create(tx, [wish])

    assert isinstance(made, Promotion)
    assert (made.offer, made.state) == (wish, State.ACTIVE)
    assert promotions.by_ids(tx, [made.id]) == [made]
    assert loaded(tx, "ten") == [made.id]


def test_each_wish_has_its_own_outcome(tx: Tx) -> None:
    shop = filling.opened_shop(tx, "self-operated", "us")
    mine = replace(tx, actor=Actor("person:1", {Grant(Permission.EDIT, shop.merchant_id)}))
    of: dict[str, Any] = {"owner_id": shop.merchant_id, "shop_id": Id(int(shop.id))}
    wishes = [
        new(Layer.SELLER_COUPON, code="a1", **of),
        new(Layer.SELLER_COUPON, OTHER),
        new(Layer.PLATFORM_COUPON),
        new(Layer.SELLER_COUPON, code="A1", **of),
        new(Layer.SELLER_DISCOUNT, seller_share_bp=5000, **of),
        new(Layer.SELLER_DISCOUNT, market="zz", **of),
        new(Layer.SELLER_DISCOUNT, **of),
    ]

    outcomes = promotions.create(mine, wishes)

    assert [type(outcome) for outcome in outcomes] == [
        Promotion,
        Forbidden,
        Forbidden,
        CodeTaken,
        Forbidden,
        MarketNotOpen,
        Promotion,
    ]
    assert promotions.page(mine) == [outcomes[0], outcomes[6]]
    names = tx.sql.scalars(text("select name from events.fresh"))
    assert [name for name in names if name.startswith("promotions.")] == [
        "promotions.promotion_created"
    ] * 2


@pytest.mark.parametrize(
    ("field", "wish"),
    [
        ("currency", new(Layer.SELLER_COUPON, market="gb")),
        ("ends_at", new(Layer.SELLER_COUPON, ends_at=NOON)),
        ("rate_bp", new(Layer.SELLER_DISCOUNT, amount_minor=None, rate_bp=None)),
        ("rate_bp", replace(new(Layer.SELLER_DISCOUNT), amount_minor=5)),
        ("rate_bp", new(Layer.SELLER_DISCOUNT, rate_bp=10_001)),
        ("amount_minor", new(Layer.SELLER_COUPON, amount_minor=-1)),
        ("amount_minor", new(Layer.SELLER_COUPON, min_spend_minor=-1)),
        ("max_discount_minor", new(Layer.SELLER_DISCOUNT, max_discount_minor=5)),
        ("limits", new(Layer.SELLER_COUPON, limits=Limits(total=0))),
        ("code", new(Layer.SELLER_DISCOUNT, code="X")),
        ("owner_id", replace(new(Layer.PLATFORM_COUPON), owner_id=MERCHANT)),
        ("owner_id", replace(new(Layer.SELLER_COUPON), owner_id=PLATFORM)),
        ("shop_id", new(Layer.SELLER_COUPON, shop_id=None)),
        ("seller_share_bp", new(Layer.SELLER_COUPON, seller_share_bp=10_001)),
        ("seller_share_bp", new(Layer.PLATFORM_COUPON, seller_share_bp=1)),
        ("rate_bp", new(Layer.FLASH_DEAL, rate_bp=499)),
        ("rate_bp", new(Layer.FLASH_DEAL, amount_minor=100)),
        ("ends_at", new(Layer.FLASH_DEAL, ends_at=NOON + timedelta(hours=73))),
        ("rate_bp", new(Layer.NEW_CUSTOMER_COUPON, rate_bp=3001)),
        ("new_customers_only", new(Layer.NEW_CUSTOMER_COUPON, new_customers_only=False)),
    ],
)
def test_what_is_not_as_it_must_be_is_refused(tx: Tx, field: str, wish: NewPromotion) -> None:
    [refusal] = promotions.create(tx, [wish])

    assert isinstance(refusal, BadInput), refusal
    assert refusal.members["field"] == field
    assert promotions.page(tx) == []


def test_bounds_follow_the_day_of_the_start(tx: Tx) -> None:
    later = NOON.replace(year=2025, month=11)
    wish = new(Layer.FLASH_DEAL, rate_bp=500, starts_at=later, ends_at=later + timedelta(hours=1))

    [refusal] = promotions.create(tx, [wish])

    assert isinstance(refusal, BadInput)
    assert "between 1000 and 9000" in str(refusal)


def test_what_is_loaded(tx: Tx) -> None:
    coupon = created(tx)
    discount = created(tx, Layer.SELLER_DISCOUNT)
    created(tx, Layer.SELLER_DISCOUNT, owner=OTHER)
    created(tx, Layer.PLATFORM_COUPON, market="gb", currency=Currency.GBP, code="GB")
    everywhere = created(tx, Layer.PLATFORM_DISCOUNT)

    assert loaded(tx) == [discount.id, everywhere.id]
    assert loaded(tx, "ten", "gb") == [coupon.id, discount.id, everywhere.id]
    assert loaded(tx, "TEN", at=NOON - timedelta(seconds=1)) == []
    assert loaded(tx, "TEN", at=NOON + timedelta(days=30)) == []
    assert loaded(tx, at=NOON + timedelta(days=30, seconds=-1)) == [discount.id, everywhere.id]


ACTIONS: dict[Verb, Callable[..., Any]] = {
    Verb.ACCEPT: promotions.accept,
    Verb.END: promotions.end,
    Verb.PAUSE: promotions.pause,
    Verb.RESUME: promotions.resume,
}


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("state", State)
def test_each_verb_in_each_state(tx: Tx, state: State, verb: Verb) -> None:
    made = created(tx)
    put = text("update promotions.promotions set state = :state where id = :id")
    tx.sql.execute(put, {"state": state.value, "id": int(made.id)})
    expected = promotions.PROMOTION.moves[state].get(verb)

    [outcome] = ACTIONS[verb](tx, [made.id])

    [now] = promotions.by_ids(tx, [made.id])
    assert isinstance(now, Promotion)
    assert now.state is (expected or state)
    assert isinstance(outcome, IllegalMove) if expected is None else outcome == now
    assert (made.id in loaded(tx, "TEN")) is (now.state is State.ACTIVE)


def test_an_ended_code_is_free(tx: Tx) -> None:
    made = created(tx)
    only(promotions.end(tx, [made.id]))

    assert loaded(tx, "TEN") == []
    assert loaded(tx, created(tx).offer.code or "") != []


def test_a_foreign_promotion_is_not_there(tx: Tx) -> None:
    theirs = created(tx, owner=OTHER)
    mine = replace(tx, actor=CLERK)

    assert isinstance(promotions.pause(mine, [theirs.id])[0], PromotionNotFound)
    assert isinstance(promotions.by_ids(mine, [theirs.id])[0], PromotionNotFound)
    assert promotions.page(mine) == []
    [now] = promotions.by_ids(tx, [theirs.id])
    assert isinstance(now, Promotion)
    assert now.state is State.ACTIVE


def test_a_total_limit_in_a_batch(tx: Tx) -> None:
    coupon = created(tx, limits=Limits(total=2))

    outcomes = promotions.consume(tx, [use(coupon, f"g{n}") for n in range(3)])

    assert kinds(outcomes) == [None, None, LimitReached]
    assert budget(tx, coupon) == (2, 200)
    assert loaded(tx, "TEN") == []


def test_a_limit_for_each_buyer(tx: Tx) -> None:
    coupon = created(tx, limits=Limits(per_buyer=1))
    promotions.consume(tx, [use(coupon, "g0", buyer="anna")])

    outcomes = promotions.consume(
        tx,
        [use(coupon, f"g{n}", buyer=buyer) for n, buyer in enumerate(["anna", "ben", "ben"], 1)],
    )

    assert kinds(outcomes) == [LimitReached, None, LimitReached]
    assert budget(tx, coupon) == (2, 200)


def test_a_budget_is_never_overspent(tx: Tx) -> None:
    coupon = created(tx, limits=Limits(budget_minor=250))

    outcomes = promotions.consume(
        tx, [use(coupon, "a", 200), use(coupon, "b", 60), use(coupon, "c", 50)]
    )

    assert kinds(outcomes) == [None, BudgetSpent, None]
    assert isinstance(outcomes[1], BudgetSpent)
    assert outcomes[1].members["left_minor"] == 50
    assert budget(tx, coupon) == (2, 250)


def test_uses_of_one_purchase_stand_or_fall_together(tx: Tx) -> None:
    one = created(tx, limits=Limits(total=1))
    two = created(tx, code="TWO", limits=Limits(total=2))

    outcomes = promotions.consume(
        tx, [use(one, "a"), use(two, "a"), use(two, "b"), use(one, "b"), use(two, "c")]
    )

    assert kinds(outcomes) == [None, None, LimitReached, LimitReached, None]
    assert (budget(tx, one), budget(tx, two)) == ((1, 100), (2, 200))


def test_what_has_no_limit_is_not_counted(tx: Tx) -> None:
    free = created(tx, Layer.SELLER_DISCOUNT)

    assert promotions.consume(tx, [use(free, "a"), use(free, "b")]) == [None, None]
    assert tx.sql.scalar(text("select count(*) from promotions.uses")) == 0


def test_what_is_given_back_can_be_used_again_once(tx: Tx) -> None:
    coupon = created(tx, limits=Limits(per_buyer=1, total=1, budget_minor=100))
    promotions.consume(tx, [use(coupon, "a")])

    promotions.give_back(tx, ["a", "unknown"])
    promotions.give_back(tx, ["a"])

    assert budget(tx, coupon) == (0, 0)
    assert promotions.consume(tx, [use(coupon, "b")]) == [None]
    assert kinds(promotions.consume(tx, [use(coupon, "c")])) == [LimitReached]


def test_the_database_has_the_last_word_on_limits(tx: Tx) -> None:
    created(tx, limits=Limits(total=1))

    with pytest.raises(IntegrityError, match="limit_holds"):
        tx.sql.execute(text("update promotions.budgets set used = 2"))


def run(installation: Installation, do: Callable[[Tx], T]) -> T:
    return installation.work.run(lambda _: platform("test"), "test", do)


def test_limits_hold_under_64_buyers(installation: Installation) -> None:
    limits = {
        "ALL": Limits(total=20),
        "EACH": Limits(per_buyer=1),
        "MONEY": Limits(budget_minor=1_000),
    }
    made = run(
        installation,
        lambda tx: [created(tx, code=code, limits=each) for code, each in limits.items()],
    )
    coupons = dict(zip(limits, made, strict=True))
    turns = [(buyer, turn) for turn in range(2) for buyer in range(64)]

    def buy(who: tuple[int, int]) -> list[PromotionId | None]:
        buyer, turn = who
        codes = list(coupons) if buyer % 2 else list(reversed(coupons))
        wishes = [
            use(coupons[code], f"{code}-{buyer}-{turn}", 30, f"buyer-{buyer}") for code in codes
        ]
        outcomes = run(installation, lambda tx: promotions.consume(tx, wishes))
        return [
            coupons[code].id if outcome is None else None
            for code, outcome in zip(codes, outcomes, strict=True)
        ]

    with ThreadPoolExecutor(64) as pool:
        won = Counter(id for ids in pool.map(buy, turns) for id in ids if id is not None)

    assert {code: won[coupon.id] for code, coupon in coupons.items()} == {
        "ALL": 20,
        "EACH": 64,
        "MONEY": 33,
    }
    counts = run(installation, lambda tx: {code: budget(tx, one) for code, one in coupons.items()})
    assert counts == {"ALL": (20, 600), "EACH": (64, 1920), "MONEY": (33, 990)}
