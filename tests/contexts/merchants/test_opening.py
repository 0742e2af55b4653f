"""Shops open where the market is open, once for each merchant, market, mode and seller type."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime

from entrepot.contexts import merchants
from entrepot.contexts.merchants import (
    MerchantNotFound,
    NewShop,
    SellerType,
    Shop,
    ShopExists,
    ShopNotFound,
    ShopState,
    UnknownStage,
)
from entrepot.kernel.access import OrganisationId, platform
from entrepot.kernel.problems import BadInput, Problem, only
from entrepot.kernel.tx import Tx
from entrepot.rulebook import MarketNotOpen
from tests.conftest import Installation
from tests.contexts.merchants.building import MODE, as_owner, facts, merchant, rows, shop


def wish(owner: OrganisationId, **changes: object) -> NewShop:
    new = NewShop(
        merchant_id=owner,
        name="Lanterns",
        market="us",
        mode=MODE,
        seller_type=SellerType.CROSS_BORDER,
    )
    return replace(new, **changes)  # type: ignore[arg-type]


def test_a_shop_from_history_is_past_probation(tx: Tx) -> None:
    owner = merchant(tx)
    opened = only(merchants.open_shops(tx, [wish(owner)]))
    assert opened == Shop(
        id=opened.id,
        merchant_id=owner,
        name="Lanterns",
        market="us",
        mode=MODE,
        seller_type=SellerType.CROSS_BORDER,
        state=ShopState.ACTIVE,
        stage="pro",
        opened_on=date(2024, 4, 1),
    )
    assert merchants.shops(tx, [opened.id]) == {opened.id: opened}
    assert facts(tx) == ["merchants.shop_opened"]


def test_each_shop_has_its_own_outcome(tx: Tx) -> None:
    owner = merchant(tx)
    wishes = [
        wish(owner, stage="standard"),
        wish(owner),  # The same, but for what does not count.
        wish(owner, seller_type=SellerType.LOCAL),
        wish(owner, market="gb"),
        wish(owner, market="xx"),
        wish(owner, mode="barter"),
        wish(owner, market="th", stage="emperor"),
        wish(owner, market="de", name=" "),
        wish(OrganisationId(7)),
    ]
    one, same, local, british, nowhere, barter, stage, name, nobody = merchants.open_shops(
        tx, wishes
    )
    assert isinstance(one, Shop) and (one.state, one.stage) == (ShopState.PROBATION, "standard")
    assert isinstance(same, ShopExists)
    assert isinstance(local, Shop) and isinstance(british, Shop)
    assert isinstance(nowhere, MarketNotOpen)
    assert isinstance(barter, MarketNotOpen) and barter.members["missing"] == ["modes"]
    assert isinstance(stage, UnknownStage)
    assert isinstance(name, BadInput)
    assert isinstance(nobody, MerchantNotFound)
    assert rows(tx, "shops") == rows(tx, "contracts") == 3
    assert facts(tx) == ["merchants.shop_opened"] * 3


def test_before_its_rules_no_market_is_open(tx: Tx) -> None:
    early = replace(tx, now=datetime(2019, 1, 1, tzinfo=UTC))
    [refused] = merchants.open_shops(early, [wish(merchant(tx))])
    assert isinstance(refused, MarketNotOpen)
    assert rows(tx, "shops") == 0


def test_the_opening_day_is_the_markets(tx: Tx) -> None:
    late = replace(tx, now=datetime(2024, 4, 2, 3, tzinfo=UTC))  # The evening before, in the US.
    assert shop(late).opened_on == date(2024, 4, 1)


def test_a_second_shop_waits_until_the_first_is_over(tx: Tx) -> None:
    owner = merchant(tx)
    first = shop(tx, owner)
    reason = merchants.Decision(shop_id=first.id, reason="fraud")
    merchants.suspend(tx, [reason])
    assert isinstance(merchants.open_shops(tx, [wish(owner)])[0], ShopExists)
    merchants.terminate(tx, [reason])
    assert isinstance(merchants.open_shops(tx, [wish(owner)])[0], Shop)


def test_two_that_open_the_same_shop_at_once_open_one(installation: Installation) -> None:
    who = lambda sql: platform("test")
    owner = installation.work.run(who, "found", merchant)

    def open_one(_: int) -> Shop | Problem:
        new = installation.work.run(who, "open", lambda tx: merchants.open_shops(tx, [wish(owner)]))
        return new[0]

    with ThreadPoolExecutor(4) as pool:
        outcomes = [*pool.map(open_one, range(4))]
    assert sum(isinstance(one, Shop) for one in outcomes) == 1
    assert sum(isinstance(one, ShopExists) for one in outcomes) == 3


def test_a_merchant_sees_its_own_shops(tx: Tx) -> None:
    mine, theirs = shop(tx), shop(tx)
    inside = as_owner(tx, mine.merchant_id)
    seen, unseen = merchants.by_ids(inside, [mine.id, theirs.id])
    assert seen == mine
    assert isinstance(unseen, ShopNotFound)
    assert merchants.page(inside) == [mine]
    assert merchants.page(as_owner(tx, mine.merchant_id, ())) == []
    assert merchants.page(tx) == [mine, theirs]
    assert merchants.page(tx, after=mine.id) == [theirs]
