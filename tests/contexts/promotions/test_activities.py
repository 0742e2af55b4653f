"""Activities: planned, filled, moved on by time and by people, and what goods cost in them."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from entrepot import rulebook
from entrepot.contexts import catalog, merchants, promotions
from entrepot.contexts.merchants import NotYourDecision
from entrepot.contexts.promotions import (
    ACTIVITY,
    Activity,
    ActivityFilter,
    ActivityNotFound,
    Basket,
    BasketLine,
    ItemWish,
    Kind,
    Level,
    LinePrice,
    NewActivity,
    NotLowest,
    Permission,
    Revision,
    Shipping,
    Status,
    TitleTaken,
    Turn,
    Use,
)
from entrepot.kernel.access import Actor, Grant, OrganisationId, platform
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.problems import BadInput, NotFound, Problem, only
from entrepot.kernel.tx import Tx
from tests import filling
from tests.conftest import NOON, Installation

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OPENED = NOON - timedelta(days=60)


class Scene:
    """A shop with two products of 100.00 and shipping of 5.00, and a clerk who runs activities."""

    def __init__(self, tx: Tx, mode: str = "self-operated") -> None:
        then = replace(tx, now=OPENED)
        self.shop: merchants.Shop = filling.opened_shop(then, mode, "us")
        self.products = filling.listed(then, self.shop, 2, 10_000, 500)
        clerk = Actor("person:1", self.grants(self.shop.merchant_id))
        self.inner = replace(tx, actor=clerk)

    @property
    def tx(self) -> Tx:
        """The clerk's unit of work at noon: each is one of its own, and holds nothing yet."""
        return self.at(timedelta())

    @staticmethod
    def grants(owner: OrganisationId) -> set[Grant]:
        names = (Permission.EDIT, "shop:read", "product:read", "price:read")
        return {Grant(name, owner) for name in names}

    def at(self, span: timedelta) -> Tx:
        """The clerk's unit of work, that much after noon."""
        return replace(self.inner, now=NOON + span, held={})

    def new(self, kind: Kind = Kind.FIXED_PRICE, **more: Any) -> NewActivity:
        level = Level.SHOP if kind is Kind.SHIPPING_DISCOUNT else Level.PRODUCT
        return NewActivity(
            **{
                "shop_id": self.shop.id,
                "kind": kind,
                "level": level,
                "title": f"{kind} {len(more)}",
                "starts_at": NOON + HOUR,
                "ends_at": NOON + DAY,
                **more,
            }
        )

    def wish(self, n: int = 0, price: int | None = 8_000, **more: Any) -> ItemWish:
        return ItemWish(product_id=self.products[n].id, price_minor=price, **more)

    def ongoing(self, kind: Kind = Kind.FIXED_PRICE, *wishes: ItemWish, **more: Any) -> Activity:
        """An activity that began at one."""
        made = promotions.launch(self.tx, self.new(kind, **more))
        if wishes:
            promotions.put_items(self.tx, made.id, wishes)
        return made

    def priced(self, *quantities: int, at: timedelta = 2 * HOUR, **more: Any) -> list[LinePrice]:
        """What so many of each product cost, two hours after noon."""
        lines = tuple(
            BasketLine(
                sku_id=product.skus[0].id,
                product_id=product.id,
                shop_id=self.shop.id,
                merchant_id=self.shop.merchant_id,
                quantity=quantity,
                list_minor=10_000 * quantity,
                shipping_minor=500 * quantity,
            )
            for product, quantity in zip(self.products, quantities, strict=False)
        )
        basket = Basket(lines=lines, **more)
        tx = self.at(at)
        offers = promotions.load(tx, "us", [basket], tx.now)
        rule = rulebook.of(tx).on(rulebook.Promotions, "us", tx.now.date()).row({})
        [price] = promotions.price(rule, offers, [basket])
        return list(price.lines)

    def nets(self, *quantities: int, **more: Any) -> list[int]:
        return [line.net_minor for line in self.priced(*quantities, **more)]

    def state(self, one: Activity, at: timedelta = timedelta()) -> Status:
        return only(promotions.activities(self.at(at), [one.id])).state


@pytest.fixture
def scene(tx: Tx) -> Scene:
    return Scene(tx)


def facts(tx: Tx) -> list[tuple[str, str]]:
    query = text("""
        select name, payload ->> 'state' as state from events.fresh
        where name like 'promotions.activity%' order by serial
    """)
    return [
        (row.name.removeprefix("promotions.activity_"), row.state) for row in tx.sql.execute(query)
    ]


def test_a_fixed_price_holds_while_its_activity_lasts(scene: Scene) -> None:
    scene.ongoing(Kind.FIXED_PRICE, scene.wish(0, 8_000))

    assert scene.nets(3, 1, at=HOUR - timedelta(seconds=1)) == [30_000, 10_000]
    assert scene.nets(3, 1, at=HOUR) == [24_000, 10_000]
    assert scene.nets(3, 1, at=DAY) == [30_000, 10_000]


def test_a_rate_and_a_single_sku(scene: Scene) -> None:
    sku = scene.products[0].skus[0].id
    wish = ItemWish(product_id=scene.products[0].id, sku_id=sku, rate_bp=1_250)
    scene.ongoing(Kind.DIRECT_DISCOUNT, wish, level=Level.VARIATION)

    [first, second] = scene.priced(2, 1)

    assert (first.seller_discount, first.net_minor) == (2_500, 17_500)
    assert (second.seller_discount, second.net_minor) == (0, 10_000)


def test_of_rivals_each_line_has_the_best(scene: Scene) -> None:
    scene.ongoing(Kind.FIXED_PRICE, scene.wish(0, 8_000), scene.wish(1, 9_500))
    rate = ItemWish(product_id=scene.products[1].id, rate_bp=1_000)
    scene.ongoing(Kind.DIRECT_DISCOUNT, rate)

    assert scene.nets(1, 1) == [8_000, 9_000]


def test_a_flash_deal_comes_first_and_alone(scene: Scene) -> None:
    scene.ongoing(Kind.FIXED_PRICE, scene.wish(0, 8_000), scene.wish(1, 8_000))
    scene.ongoing(Kind.FLASH_DEAL, scene.wish(0, 8_500))

    assert scene.nets(1, 1) == [8_500, 8_000]


def test_units_beyond_a_limit_cost_what_they_cost(scene: Scene) -> None:
    scene.ongoing(
        Kind.FIXED_PRICE, scene.wish(0, 7_000, units=5), scene.wish(1, 7_000, units_per_buyer=2)
    )

    assert scene.nets(8, 3) == [5 * 7_000 + 30_000, 30_000]  # Nobody is known to buy.
    known = scene.priced(1, 3, buyer="person:7")
    assert [line.net_minor for line in known] == [7_000, 2 * 7_000 + 10_000]
    [use, _] = promotions.uses(known, "group:1", "person:7")
    assert use.units == 1


def test_what_a_buyer_had_before_counts(scene: Scene) -> None:
    scene.ongoing(Kind.FIXED_PRICE, scene.wish(0, 7_000, units_per_buyer=3))
    bought = promotions.uses(scene.priced(2, buyer="person:7"), "group:1", "person:7")
    assert promotions.consume(scene.at(2 * HOUR), bought) == [None]
    basket = Basket(lines=())
    offers = promotions.load(scene.at(2 * HOUR), "us", [basket], NOON)
    assert offers == []
    id = bought[0].promotion_id

    used = promotions.used(scene.tx, [_loaded(scene)], ["person:7", "person:8"])

    assert used == {"person:7": {id: promotions.Used(1, 2)}}
    assert scene.nets(2, buyer="person:7", used=used["person:7"]) == [17_000]
    promotions.give_back(scene.tx, ["group:1"])
    assert promotions.used(scene.tx, [_loaded(scene)], ["person:7"]) == {}


def _loaded(scene: Scene) -> promotions.Promotion:
    line = BasketLine(
        sku_id=scene.products[0].skus[0].id,
        product_id=scene.products[0].id,
        shop_id=scene.shop.id,
        merchant_id=scene.shop.merchant_id,
        quantity=1,
        list_minor=1,
    )
    [offer] = promotions.load(scene.tx, "us", [Basket(lines=(line,))], NOON + 2 * HOUR)
    return offer


def test_shipping_is_free_for_the_whole_shop(scene: Scene) -> None:
    scene.ongoing(Kind.SHIPPING_DISCOUNT, shipping=Shipping(min_spend_minor=25_000))

    assert [line.shipping_discount for line in scene.priced(1, 1)] == [0, 0]
    enough = scene.priced(2, 1)
    assert [line.shipping_discount for line in enough] == [1_000, 500]
    assert [line.net_minor for line in enough] == [20_000, 10_000]


def test_shipping_is_reduced_by_one_amount_per_order(scene: Scene) -> None:
    wishes = [scene.wish(n, None) for n in (0, 1)]
    off = Shipping(off_minor=700)
    scene.ongoing(Kind.SHIPPING_DISCOUNT, *wishes, level=Level.PRODUCT, shipping=off)

    assert [line.shipping_discount for line in scene.priced(1, 2)] == [500, 200]


def test_an_endless_discount_of_shipping_ends_when_somebody_ends_it(scene: Scene) -> None:
    one = scene.ongoing(Kind.SHIPPING_DISCOUNT, starts_at=NOON, ends_at=None)

    assert scene.state(one, 3_650 * DAY) is Status.ONGOING
    promotions.deactivate(scene.at(DAY), one.id)
    assert [line.shipping_discount for line in scene.priced(1, at=DAY)] == [0]


@pytest.mark.parametrize(
    ("field", "kind", "more"),
    [
        ("title", Kind.FLASH_DEAL, {"title": "x" * 51}),
        ("title", Kind.FIXED_PRICE, {"title": ""}),
        ("level", Kind.FIXED_PRICE, {"level": Level.SHOP}),
        ("level", Kind.SHIPPING_DISCOUNT, {"level": Level.VARIATION}),
        ("once", Kind.FIXED_PRICE, {"once": True}),
        ("ends_at", Kind.FIXED_PRICE, {"ends_at": None}),
        ("ends_at", Kind.FIXED_PRICE, {"ends_at": NOON + HOUR + timedelta(seconds=599)}),
        ("ends_at", Kind.FLASH_DEAL, {"ends_at": NOON + timedelta(hours=73, seconds=1)}),
        ("starts_at", Kind.FIXED_PRICE, {"starts_at": NOON - timedelta(seconds=1)}),
        ("shipping", Kind.FIXED_PRICE, {"shipping": Shipping(min_units=2)}),
        ("shipping", Kind.SHIPPING_DISCOUNT, {"shipping": Shipping(off_minor=0)}),
        (
            "shipping",
            Kind.SHIPPING_DISCOUNT,
            {"level": Level.PRODUCT, "shipping": Shipping(min_units=2)},
        ),
        (
            "shipping",
            Kind.SHIPPING_DISCOUNT,
            {"shipping": Shipping(min_units=2, min_spend_minor=5)},
        ),
    ],
)
def test_what_is_not_as_it_must_be_is_refused(
    scene: Scene, field: str, kind: Kind, more: dict[str, Any]
) -> None:
    with pytest.raises(BadInput) as refused:
        promotions.launch(scene.tx, scene.new(kind, **more))

    assert refused.value.members["field"] == field
    everything = ActivityFilter(shop_id=scene.shop.id, states=tuple(Status))
    assert promotions.count_activities(scene.tx, everything) == 0


def test_a_title_is_the_shops_once(scene: Scene) -> None:
    scene.ongoing(title="Spring")
    other = scene.ongoing(title="Summer")

    with pytest.raises(TitleTaken):
        promotions.launch(scene.tx, scene.new(title="Spring"))
    with pytest.raises(TitleTaken):
        promotions.revise(scene.tx, other.id, Revision(title="Spring"))


@pytest.mark.parametrize(
    ("field", "kind", "wish"),
    [
        ("price_minor", Kind.FIXED_PRICE, {"price": 10_000}),
        ("price_minor", Kind.FIXED_PRICE, {"price": None}),
        ("price_minor", Kind.FLASH_DEAL, {"price": 9_001}),
        ("price_minor", Kind.FLASH_DEAL, {"price": 999}),
        ("rate_bp", Kind.FIXED_PRICE, {"rate_bp": 100}),
        ("rate_bp", Kind.DIRECT_DISCOUNT, {"price": None}),
        ("rate_bp", Kind.DIRECT_DISCOUNT, {"price": None, "rate_bp": 10_000}),
        ("price_minor", Kind.DIRECT_DISCOUNT, {"price": 5, "rate_bp": 100}),
        ("sku_id", Kind.FIXED_PRICE, {"sku_id": catalog.SkuId(1)}),
        ("units", Kind.FIXED_PRICE, {"units": 0}),
        ("units_per_buyer", Kind.FIXED_PRICE, {"units_per_buyer": 100}),
    ],
)
def test_goods_that_cannot_be_in_an_activity(
    scene: Scene, field: str, kind: Kind, wish: dict[str, Any]
) -> None:
    later = {"starts_at": NOON + 731 * DAY, "ends_at": NOON + 732 * DAY}  # 10 to 90 % by then.
    one = promotions.launch(scene.tx, scene.new(kind, **later))
    right = scene.wish(1, None, rate_bp=500) if kind is Kind.DIRECT_DISCOUNT else scene.wish(1)

    with pytest.raises(BadInput) as refused:
        promotions.put_items(scene.tx, one.id, [right, scene.wish(0, **wish)])

    assert refused.value.members["field"] in {field, "product_id"}
    assert promotions.items(scene.tx, one) == []
    assert scene.state(one) is Status.DRAFT


def test_a_flash_deal_undercuts_the_lowest_price_of_thirty_days(scene: Scene, tx: Tx) -> None:
    sku = scene.products[0].skus[0].id
    for days, minor in ((29, 8_000), (28, 10_000)):
        change = catalog.PriceChange(sku_id=sku, market="us", price_minor=minor, shipping_minor=500)
        only(catalog.set_prices(replace(tx, now=NOON - days * DAY), [change]))
    one = scene.ongoing(Kind.FLASH_DEAL)

    with pytest.raises(NotLowest) as refused:
        promotions.put_items(scene.tx, one.id, [scene.wish(0, 8_000)])
    assert refused.value.members["lowest_minor"] == 8_000
    promotions.put_items(scene.tx, one.id, [scene.wish(0, 7_999)])
    assert scene.nets(1) == [7_999]

    later = Revision(starts_at=NOON + 40 * DAY, ends_at=NOON + 41 * DAY)
    assert promotions.revise(scene.tx, one.id, later).offer.starts_at == NOON + 40 * DAY


def test_limits_only_grow_and_prices_change(scene: Scene) -> None:
    one = scene.ongoing(Kind.FIXED_PRICE, scene.wish(0, 8_000, units=5))

    with pytest.raises(BadInput, match="not less"):
        promotions.put_items(scene.tx, one.id, [scene.wish(0, 7_000, units=4)])
    promotions.put_items(scene.tx, one.id, [scene.wish(0, 7_000, units=9), scene.wish(1)])
    assert [(item.price_minor, item.limits.units) for item in promotions.items(scene.tx, one)] == [
        (7_000, 9),
        (8_000, None),
    ]
    with pytest.raises(BadInput, match="not less"):
        promotions.put_items(scene.tx, one.id, [scene.wish(1, units=99)])
    promotions.put_items(scene.tx, one.id, [scene.wish(0, 7_000)])
    assert scene.nets(12) == [84_000]


def test_goods_that_are_taken_out_cost_what_they_cost(scene: Scene) -> None:
    one = scene.ongoing(Kind.FIXED_PRICE, scene.wish(0), scene.wish(1))

    promotions.drop_items(scene.tx, one.id, [scene.products[0].id], [])
    with pytest.raises(NotFound):
        promotions.drop_items(scene.tx, one.id, [scene.products[0].id], [])

    assert scene.nets(1, 1) == [10_000, 8_000]
    promotions.put_items(scene.tx, one.id, [scene.wish(0, 5_000)])
    assert scene.nets(1, 1) == [5_000, 8_000]


def test_what_has_begun_keeps_its_beginning(scene: Scene) -> None:
    one = scene.ongoing(Kind.FIXED_PRICE, scene.wish())
    tx = scene.at(2 * HOUR)

    with pytest.raises(BadInput, match="it has begun"):
        promotions.revise(tx, one.id, Revision(starts_at=NOON + 3 * HOUR))
    promotions.revise(tx, one.id, Revision(ends_at=NOON + 2 * DAY, title="Longer"))

    assert scene.nets(1, at=DAY) == [8_000]
    assert scene.state(one, DAY) is Status.ONGOING


def test_shipping_can_become_one_of_products(scene: Scene) -> None:
    one = scene.ongoing(Kind.SHIPPING_DISCOUNT)
    assert [line.shipping_discount for line in scene.priced(1, 1)] == [500, 500]

    promotions.revise(scene.tx, one.id, Revision(level=Level.PRODUCT))
    promotions.put_items(scene.tx, one.id, [scene.wish(1, None)])
    assert [line.shipping_discount for line in scene.priced(1, 1)] == [0, 500]
    promotions.revise(
        scene.tx, one.id, Revision(level=Level.SHOP, shipping=Shipping(off_minor=300))
    )
    assert [line.shipping_discount for line in scene.priced(1, 1)] == [150, 150]


def test_time_is_told_as_of_its_instants_however_late(scene: Scene, tx: Tx) -> None:
    scene.ongoing(Kind.FIXED_PRICE, scene.wish())
    assert promotions.next_turn_at(tx) == NOON + HOUR

    late = replace(tx, now=NOON + 5 * DAY, held={})
    assert promotions.turn_due(late, late.now, 100) == 1

    assert promotions.next_turn_at(tx) is None
    query = text(
        "select occurred_at from events.fresh"
        " where name = 'promotions.activity_moved' order by serial"
    )
    assert list(tx.sql.scalars(query)) == [NOON, NOON + HOUR, NOON + DAY]
    assert facts(tx) == [
        ("created", "draft"),
        ("changed", "draft"),
        ("moved", "not_started"),
        ("moved", "ongoing"),
        ("moved", "expired"),
    ]


def _publish(scene: Scene, tx: Tx, one: Activity) -> object:
    return promotions.put_items(tx, one.id, [scene.wish(1)])


def _deactivate(_: Scene, tx: Tx, one: Activity) -> object:
    return promotions.deactivate(tx, one.id)


def _republish(_: Scene, tx: Tx, one: Activity) -> object:
    return promotions.republish(tx, one.id, tx.now + 10 * DAY, tx.now + 11 * DAY)


VERBS: dict[Turn, Callable[[Scene, Tx, Activity], object]] = {
    Turn.PUBLISH: _publish,
    Turn.DEACTIVATE: _deactivate,
    Turn.REPUBLISH: _republish,
}
AGES = {
    Status.DRAFT: timedelta(),
    Status.NOT_STARTED: timedelta(),
    Status.ONGOING: 2 * HOUR,
    Status.EXPIRED: 2 * DAY,
    Status.DEACTIVATED: timedelta(),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", Status)
def test_each_verb_in_each_state(scene: Scene, status: Status, verb: Turn) -> None:
    wishes = () if status is Status.DRAFT else (scene.wish(),)
    one = scene.ongoing(Kind.FIXED_PRICE, *wishes)
    if status is Status.DEACTIVATED:
        promotions.deactivate(scene.tx, one.id)
    age = AGES[status]
    assert scene.state(one, age) is status
    expected = ACTIVITY.moves[status].get(verb)
    fills = verb is Turn.PUBLISH and status in {Status.NOT_STARTED, Status.ONGOING}

    if expected is None and not fills:  # Goods can be put into what is published, too.
        with pytest.raises(IllegalMove):
            VERBS[verb](scene, scene.at(age), one)
    else:
        VERBS[verb](scene, scene.at(age), one)

    assert scene.state(one, age) is (expected or status)


def test_what_is_republished_has_its_goods_again(scene: Scene) -> None:
    one = scene.ongoing(Kind.FIXED_PRICE, scene.wish())
    promotions.deactivate(scene.at(2 * HOUR), one.id)
    assert scene.nets(1) == [10_000]

    promotions.republish(scene.at(2 * DAY), one.id, None, None)

    assert scene.state(one, 2 * DAY) is Status.ONGOING
    assert scene.nets(1, at=2 * DAY) == [8_000]
    assert scene.nets(1, at=2 * DAY + 23 * HOUR) == [10_000]


def test_a_shops_list_goes_by_the_clock(scene: Scene) -> None:
    ended = scene.ongoing(Kind.FIXED_PRICE, scene.wish(), title="one")
    promotions.deactivate(scene.tx, ended.id)
    begun = scene.ongoing(Kind.FLASH_DEAL, scene.wish(1), title="two")
    draft = scene.ongoing(title="three")
    tx = scene.at(2 * HOUR)

    def found(**more: Any) -> list[object]:
        wanted = ActivityFilter(shop_id=scene.shop.id, **more)
        rows = promotions.activity_page(tx, wanted)
        assert promotions.count_activities(tx, wanted) == len(rows)
        return [row.id for row in rows]

    assert found() == [begun.id, ended.id]
    assert found(states=(Status.ONGOING,)) == [begun.id]
    assert found(states=(Status.NOT_STARTED,)) == []
    assert found(states=(Status.DRAFT,)) == [draft.id]
    assert found(kinds=(Kind.FIXED_PRICE,)) == [ended.id]
    assert found(title="tw") == [begun.id]


def test_a_foreign_activity_is_not_there(scene: Scene) -> None:
    one = scene.ongoing(Kind.FIXED_PRICE, scene.wish())
    stranger = Actor("person:2", Scene.grants(OrganisationId(7)))
    tx = replace(scene.tx, actor=stranger)

    assert isinstance(promotions.activities(tx, [one.id])[0], ActivityNotFound)
    with pytest.raises(ActivityNotFound):
        promotions.deactivate(tx, one.id)
    with pytest.raises(Problem):
        promotions.launch(tx, scene.new(title="Mine"))
    assert scene.state(one) is Status.NOT_STARTED


def test_who_does_not_set_prices_does_not_lower_them(tx: Tx) -> None:
    managed = Scene(tx, "full-managed-consignment")

    with pytest.raises(NotYourDecision):
        promotions.launch(managed.tx, managed.new())
    assert promotions.launch(replace(tx, now=NOON), managed.new()).state is Status.DRAFT


def test_the_operator_stops_an_activity_and_lowers_no_price(tx: Tx) -> None:
    scene = Scene(tx)
    one = scene.ongoing(Kind.FIXED_PRICE, scene.wish(0, 9_000))
    staff = {Grant(name) for name in (Permission.EDIT, "shop:read", "product:read", "price:read")}
    operator = replace(scene.tx, actor=Actor("person:2", staff), held={})

    with pytest.raises(NotYourDecision):
        promotions.launch(operator, scene.new(title="Not theirs"))
    with pytest.raises(NotYourDecision):
        promotions.put_items(operator, one.id, [scene.wish(0, 1)])
    with pytest.raises(NotYourDecision):
        promotions.revise(operator, one.id, Revision(title="Not theirs"))

    assert promotions.deactivate(operator, one.id).state is Status.DEACTIVATED
    with pytest.raises(NotYourDecision):
        promotions.republish(operator, one.id, None, None)


def test_a_limit_of_units_holds_under_16_buyers(installation: Installation) -> None:
    def run(do: Callable[[Tx], Any]) -> Any:
        return installation.work.run(lambda _: platform("test"), "test", do)

    def deal(tx: Tx) -> promotions.Item:
        scene = Scene(tx)
        one = scene.ongoing(Kind.FLASH_DEAL, scene.wish(0, 8_000, units=20, units_per_buyer=3))
        return promotions.items(scene.tx, one)[0]

    item = run(deal)
    turns = [(buyer, turn) for turn in range(2) for buyer in range(16)]

    def buy(who: tuple[int, int]) -> int:
        buyer, turn = who
        use = Use(
            promotion_id=item.id,
            reference=f"{buyer}-{turn}",
            buyer=f"person:{buyer}",
            minor=4_000,
            units=2,
        )
        [outcome] = run(lambda tx: promotions.consume(tx, [use]))
        return 2 if outcome is None else 0

    with ThreadPoolExecutor(16) as pool:
        won = Counter[int]()
        for (buyer, _), units in zip(turns, pool.map(buy, turns), strict=True):
            won[buyer] += units

    assert sum(won.values()) == 20
    assert max(won.values()) == 2  # Two more would be four of three.
    query = text("select units_used, used, spent_minor from promotions.budgets")
    assert run(lambda tx: tuple(tx.sql.execute(query).one())) == (20, 10, 40_000)
