"""Where a warehouse is, from its keeper to the merchant's tools."""

from typing import Any

import httpx
import pytest

from tests import filling
from tests.surfaces.api.calling import as_, got, posted
from tests.surfaces.partner_api.conftest import Partner, authorised, registered

HERE = {"street": "1 Mill Road", "city": "Reno", "region": "NV", "postal_code": "89501"}


@pytest.fixture
def of(app: Any) -> filling.Shop:
    return filling.shop(app.state.parts.work)


@pytest.fixture
def owner(app: Any, client: httpx.Client, of: filling.Shop) -> httpx.Client:
    work = app.state.parts.work
    return as_(client, filling.person(work, "merchant-owner", of.merchant_id))


def opened(owner: httpx.Client, of: filling.Shop, **more: Any) -> Any:
    place = {"code": "OWN", "name": "Own", "country": "US", "keeper_id": str(int(of.merchant_id))}
    return posted(owner, "/operations/locations", {**place, **more})


def told(owner: httpx.Client, id: str, **more: str) -> httpx.Response:
    return owner.put(f"/api/v1/operations/locations/{id}/address", json={**HERE, **more})


def test_tools_see_the_address_that_the_keeper_said(
    app: Any, client: httpx.Client, owner: httpx.Client, of: filling.Shop
) -> None:
    id = opened(owner, of)["id"]
    work, erp = app.state.parts.work, registered(app.state.parts.work)
    address = str(client.base_url).rstrip("/")
    partner = Partner(address, app, of, erp, authorised(work, erp, of.merchant_id))

    def shown() -> Any:
        with partner.client() as sdk:
            found = sdk.logistics.get_warehouse_list().data.warehouses
        return next(one.address for one in found if one.id == id)

    before = shown()
    answer = told(owner, id)
    after = shown()

    assert before.full_address == "US" and before.to_dict().keys() == {
        "region",
        "region_code",
        "full_address",
    }
    assert answer.status_code == 200 and answer.json()["address"] == {**HERE, "extra": ""}
    assert (after.address_line1, after.city, after.state, after.postal_code, after.region) == (
        "1 Mill Road",
        "Reno",
        "NV",
        "89501",
        "US",
    )
    assert after.full_address == "1 Mill Road, Reno, NV, 89501, US"


def test_an_address_is_its_keepers_and_as_the_country_has_them(
    app: Any, client: httpx.Client, owner: httpx.Client, of: filling.Shop
) -> None:
    id = opened(owner, of, address=HERE)["id"]
    other = as_(client, filling.person(app.state.parts.work, "merchant-owner"))
    before = got(owner, "/operations/locations")

    foreign, malformed = told(other, id), told(owner, id, postal_code="8950")

    assert foreign.status_code == 404
    assert (malformed.status_code, malformed.json()["field"]) == (422, "address.postal_code")
    assert got(owner, "/operations/locations") == before
    assert id not in {one["id"] for one in got(other, "/operations/locations")}
