"""The log of webhooks: operators see all of it and replay, a merchant sees the own shops' alone."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from tests import filling
from tests.conftest import Installation
from tests.listening import EVENT, Ears, ears
from tests.surfaces.api.calling import as_, got, posted

HOOKS = "https://erp.example.com/hooks"


@pytest.fixture
def mine(installation: Installation) -> Ears:
    return ears(installation.work, filling.shop(installation.work).shop)


@pytest.fixture
def theirs(installation: Installation) -> Ears:
    return ears(installation.work, filling.shop(installation.work).shop)


def given_up(installation: Installation, *ids: int) -> None:
    with installation.engine.begin() as sql:
        dead = "update integrations.deliveries set state = 'dead', attempts = 12, reason = 'no'"
        sql.execute(text(f"{dead} where id = any(:ids)"), {"ids": [*ids]})


def ids(page: Any) -> list[str]:
    return [one["id"] for one in page["items"]]


def test_a_merchant_sees_what_concerns_the_own_shops_alone(
    installation: Installation, client: httpx.Client, mine: Ears, theirs: Ears
) -> None:
    mine.told(HOOKS, "a", "b")
    theirs.told(HOOKS, "c")
    work = installation.work
    owner = as_(client, filling.person(work, "merchant-owner", mine.shop.merchant_id))
    admin = as_(client, filling.person(work, "operator-admin"))

    seen = got(owner, "/deliveries")["items"]
    assert [one["shop_id"] for one in seen] == [str(int(mine.shop.id))] * 2
    assert got(owner, "/deliveries", app_id=str(int(theirs.app.id)))["items"] == []
    assert len(got(admin, "/deliveries")["items"]) == 3
    assert client.get("/api/v1/deliveries").status_code == 401

    [other] = theirs.log()
    given_up(installation, other.id)
    for who in (owner, as_(client, filling.person(work, "merchant-owner"))):
        refused = who.post(f"/api/v1/deliveries/{int(other.id)}/replay", json={})
        assert refused.status_code == 403
    assert [one.state for one in theirs.log()] == ["dead"]


def test_deliveries_are_found_by_app_state_event_and_time(
    installation: Installation, client: httpx.Client, mine: Ears, theirs: Ears
) -> None:
    mine.told(HOOKS, "a", "b", "c")
    theirs.told(HOOKS, "d")
    first, second, third = mine.log()
    [other] = theirs.log()
    given_up(installation, second.id)
    with installation.engine.begin() as sql:
        old = "update integrations.deliveries set told_at = told_at - interval '2 h' where id = :id"
        sql.execute(text(old), {"id": int(first.id)})
    admin = as_(client, filling.person(installation.work, "operator-admin"))
    of_mine = str(int(mine.app.id))
    an_hour_ago = (other.told_at - timedelta(hours=1)).isoformat()

    def found(**query: Any) -> list[int]:
        return [int(id) for id in ids(got(admin, "/deliveries", **query))]

    assert found() == [other.id, third.id, second.id, first.id]
    assert found(app_id=of_mine) == [third.id, second.id, first.id]
    assert found(state="dead") == [second.id]
    assert found(event=EVENT, app_id=of_mine, state="pending") == [third.id, first.id]
    assert found(event="PACKAGE_UPDATE") == []
    assert found(told_from=an_hour_ago) == [other.id, third.id, second.id]
    assert found(told_before=an_hour_ago) == [first.id]
    assert admin.get("/api/v1/deliveries", params={"told_from": "noon"}).status_code == 422
    page = got(admin, "/deliveries", limit=3)
    assert [int(id) for id in ids(page)] == [other.id, third.id, second.id]
    assert found(limit=3, after=page["next"]) == [first.id]


def test_a_dead_one_is_sent_again_and_nothing_else(
    installation: Installation, client: httpx.Client, mine: Ears
) -> None:
    mine.told(HOOKS, "a", "b")
    dead, waiting = mine.log()
    given_up(installation, dead.id)
    admin = as_(client, filling.person(installation.work, "operator-admin"))

    assert posted(admin, f"/deliveries/{int(dead.id)}/replay") == {"id": str(int(dead.id))}
    assert [(one.state, one.attempts) for one in mine.log()] == [("pending", 0)] * 2
    for id in (dead.id, waiting.id, 1):  # One is on its way again, one is not dead, one is nothing.
        again = admin.post(f"/api/v1/deliveries/{int(id)}/replay", json={})
        assert again.status_code == 404
