"""Shops are restricted, suspended, given back and closed, as the table has it."""

from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from entrepot.contexts import merchants
from entrepot.contexts.merchants import (
    ACCOUNT,
    CONTRACT,
    QUALIFICATION,
    SHOP,
    Closing,
    Decision,
    Restriction,
    Shop,
    ShopId,
    ShopNotFound,
    ShopState,
    ShopVerb,
    StillOpen,
)
from entrepot.kernel.lifecycle import IllegalMove, Lifecycle
from entrepot.kernel.problems import BadInput, Forbidden, Problem, only
from entrepot.kernel.tx import Tx
from tests.contexts.merchants.building import as_owner, facts, merchant, rows, shop

Act = Callable[[Tx, Sequence[ShopId]], list[Shop | Problem]]


def _decisions(ids: Sequence[ShopId]) -> list[Decision]:
    return [Decision(shop_id=id, reason="test") for id in ids]


ACTS: dict[str, Act] = {
    "restrict": lambda tx, ids: merchants.restrict(
        tx, [Restriction(shop_id=id, reason="test", order_cap=3) for id in ids]
    ),
    "suspend": lambda tx, ids: merchants.suspend(tx, _decisions(ids)),
    "reinstate": lambda tx, ids: merchants.reinstate(tx, _decisions(ids)),
    "terminate": lambda tx, ids: merchants.terminate(tx, _decisions(ids)),
    "wind_down": lambda tx, ids: merchants.wind_down(tx, _decisions(ids)),
    "close": lambda tx, ids: merchants.close(tx, [Closing(shop_id=id) for id in ids]),
}
PATHS: dict[ShopState, list[str]] = {
    ShopState.PROBATION: [],
    ShopState.ACTIVE: [],
    ShopState.RESTRICTED: ["restrict"],
    ShopState.SUSPENDED: ["suspend"],
    ShopState.CLOSING: ["wind_down"],
    ShopState.CLOSED: ["wind_down", "close"],
    ShopState.TERMINATED: ["suspend", "terminate"],
}
BEGINNINGS = [
    (state, stage)
    for stage, unreached in ((None, ShopState.PROBATION), ("beginner", ShopState.ACTIVE))
    for state in ShopState
    if state is not unreached
]


def _brought_to(tx: Tx, wanted: ShopState, stage: str | None) -> Shop:
    one = shop(tx, stage=stage)
    for act in PATHS[wanted]:
        one = only(ACTS[act](tx, [one.id]))
    return one


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(("before", "stage"), BEGINNINGS)
def test_every_act_keeps_to_the_table(
    tx: Tx, before: ShopState, act: str, stage: str | None
) -> None:
    one = _brought_to(tx, before, stage)
    assert one.state is before
    told = facts(tx)
    back = ShopVerb.RETURN if stage else ShopVerb.RESUME
    expected = SHOP.moves[before].get(back if act == "reinstate" else ShopVerb(act))

    [outcome] = ACTS[act](tx, [one.id])

    if expected is None:
        assert isinstance(outcome, IllegalMove)
        assert merchants.shops(tx, [one.id]) == {one.id: one}
        assert facts(tx) == told
    else:
        assert isinstance(outcome, Shop)
        assert outcome.state is expected
        assert merchants.shops(tx, [one.id]) == {one.id: outcome}
        assert facts(tx) == [*told, "merchants.shop_moved"]


@pytest.mark.parametrize("table", [SHOP, ACCOUNT, CONTRACT, QUALIFICATION], ids=lambda t: t.initial)
def test_what_a_table_does_not_list_is_refused(table: Lifecycle) -> None:  # type: ignore[type-arg]
    verbs = {verb for moves in table.moves.values() for verb in moves}
    for state, moves in table.moves.items():
        for verb in verbs:
            if verb in moves:
                assert table.after(state, verb) is moves[verb]
            else:
                with pytest.raises(IllegalMove):
                    table.after(state, verb)
    assert {after for moves in table.moves.values() for after in moves.values()} <= {*table.moves}


def test_lifting_a_restriction_lifts_its_caps(tx: Tx) -> None:
    one = shop(tx, stage=None)
    wish = Restriction(shop_id=one.id, reason="late dispatch", order_cap=5, listing_cap=6)
    restricted = only(merchants.restrict(tx, [wish]))
    assert (restricted.order_cap, restricted.listing_cap) == (5, 6)
    assert only(ACTS["reinstate"](tx, [one.id])) == one


def test_two_wishes_for_one_shop_follow_each_other(tx: Tx) -> None:
    one = shop(tx)
    decision = Decision(shop_id=one.id, reason="fraud")
    suspended, again = merchants.suspend(tx, [decision, decision])
    assert isinstance(suspended, Shop) and isinstance(again, IllegalMove)
    moves = text("select before, after, reason, actor from merchants.history order by id")
    assert [tuple(row) for row in tx.sql.execute(moves)] == [
        (None, "probation/beginner", "", "job:test"),
        ("probation/beginner", "suspended/beginner", "fraud", "job:test"),
    ]


def test_a_negative_cap_is_no_cap(tx: Tx) -> None:
    one = shop(tx)
    [refused] = merchants.restrict(tx, [Restriction(shop_id=one.id, reason="x", order_cap=-1)])
    assert isinstance(refused, BadInput)
    assert merchants.shops(tx, [one.id]) == {one.id: one}


def test_what_is_open_keeps_a_shop_from_closing(tx: Tx) -> None:
    one = _brought_to(tx, ShopState.CLOSING, None)
    [refused] = merchants.close(tx, [Closing(shop_id=one.id, still_open=("orders", "stock"))])
    assert isinstance(refused, StillOpen)
    assert refused.members["open"] == ["orders", "stock"]
    assert merchants.shops(tx, [one.id]) == {one.id: one}


def test_merchants_wind_down_and_operators_govern(tx: Tx) -> None:
    one = shop(tx)
    owner, stranger = as_owner(tx, one.merchant_id), as_owner(tx, merchant(tx))
    for act in ("restrict", "suspend", "reinstate", "terminate"):
        assert isinstance(ACTS[act](owner, [one.id])[0], Forbidden)
        assert isinstance(ACTS[act](stranger, [one.id])[0], ShopNotFound)
    assert isinstance(ACTS["wind_down"](stranger, [one.id])[0], ShopNotFound)
    assert merchants.shops(tx, [one.id]) == {one.id: one}
    assert only(ACTS["wind_down"](owner, [one.id])).state is ShopState.CLOSING


@pytest.mark.parametrize(
    "change", ["update merchants.history set actor = ''", "delete from merchants.history"]
)
def test_history_is_never_edited(tx: Tx, change: str) -> None:
    shop(tx)
    assert rows(tx, "history") == 1
    with pytest.raises(DBAPIError):
        tx.sql.execute(text(change))
