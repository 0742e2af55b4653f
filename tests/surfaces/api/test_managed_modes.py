"""Goods that suppliers send to the platform, over HTTP: from the receipt to their statement."""

from typing import Any

import httpx
import pytest

from tests import filling
from tests.conftest import Installation
from tests.surfaces.api.calling import as_, bought, got, posted

ROLES = ("operator-admin", "category-buyer", "warehouse-clerk")
UNIT = 4_000


class World:
    """A shop of the platform's that has nothing in stock yet, its supplier, and who acts."""

    def __init__(self, installation: Installation, client: httpx.Client, mode: str) -> None:
        self.guest = client
        self.of = filling.shop(installation.work, mode, stock=0, price_minor=10_000)
        self.who = {role: as_(client, filling.person(installation.work, role)) for role in ROLES}
        somebody = filling.person(installation.work, "merchant-owner", self.of.supplier_id)
        self.supplier = as_(client, somebody)
        account = {"currency": "USD", "method": "sandbox", "holder": "A supplier", "number": "1"}
        payee = str(int(self.of.supplier_id))
        posted(self.supplier, "/payout-accounts", {"payee_id": payee, **account})

    def receive(self, **more: Any) -> Any:
        """Ten units at the dock, of which quality control accepts eight."""
        receipt = {
            "market": "us",
            "sku_id": str(int(self.of.skus[0])),
            "location_id": str(int(self.of.location.id)),
            "accepted": 8,
            "rejected": 2,
        }
        return posted(self.who["warehouse-clerk"], "/operations/receipts", {**receipt, **more})

    def sell(self, units: int) -> str:
        """Bought, sent and delivered, by the platform as it ships in these modes."""
        [placed] = bought(self.guest, self.of, units)["orders"]
        order: str = placed["order_id"]
        self.advance(1)
        sent = {"carrier": "usps", "tracking_number": "940011"}
        parcel = posted(self.who["warehouse-clerk"], f"/orders/{order}/shipments", sent)
        path = f"/operations/shipments/{parcel['id']}/carrier-events"
        posted(self.who["operator-admin"], path, {"event": "delivered"})
        return order

    def advance(self, days: int) -> None:
        """Let everything fall due that does in so many days."""
        posted(self.who["operator-admin"], "/operations/clock/advance", {"days": days})

    def position(self) -> dict[str, Any]:
        """The shop's goods, as the warehouse counts them."""
        sku = str(int(self.of.skus[0]))
        rows = got(self.who["warehouse-clerk"], "/stock")["items"]
        [found] = [row for row in rows if row["sku_id"] == sku]
        return found  # type: ignore[no-any-return]

    def books_agree(self) -> bool:
        """The trial balance has no difference."""
        admin = self.who["operator-admin"]
        return got(admin, "/operations/trial-balance")["differences"] == []  # type: ignore[no-any-return]


def test_what_was_bought_is_owed_for_whoever_buys_it(
    installation: Installation, client: httpx.Client
) -> None:
    """Accepted goods are paid after the terms; rejected ones never, and sales change nothing."""
    world = World(installation, client, "full-managed-direct-purchase")
    world.receive()
    stocked = world.position()
    world.sell(3)
    world.advance(28)
    before = got(world.supplier, "/statements")["items"]
    world.advance(4)
    [statement] = got(world.supplier, "/statements")["items"]
    [payout] = got(world.supplier, "/payouts")["items"]

    assert (stocked["on_hand"], stocked["owner_id"]) == (8, "0")
    assert world.position()["on_hand"] == 5
    assert before == []
    assert statement["net"] == {"minor": str(8 * UNIT), "currency": "USD"}
    [claim] = got(world.supplier, f"/statements/{statement['id']}/lines")["items"]
    assert (claim["order_id"], claim["amount"]["minor"]) == (None, str(8 * UNIT))
    assert (payout["state"], payout["amount"]["minor"]) == ("paid", str(8 * UNIT))
    assert got(world.supplier, f"/statements/{statement['id']}/explanation")["agrees"] is True
    assert world.books_agree()


def test_what_was_bought_is_written_off_at_its_cost(
    installation: Installation, client: httpx.Client
) -> None:
    world = World(installation, client, "full-managed-direct-purchase")
    world.receive()
    path = f"/stock/{world.position()['id']}/adjustments"
    wish = {"change": -3, "reason": "damaged"}
    hidden = world.supplier.post(f"/api/v1{path}", json=wish)
    done = posted(world.who["warehouse-clerk"], path, wish)
    balance = got(world.who["operator-admin"], "/operations/trial-balance")

    assert hidden.status_code == 404
    assert (done["on_hand"], done["free"]) == (5, 5)
    lost = [row for row in balance["lines"] if row["purpose"] == "stock_loss"]
    assert [row["balance"] for row in lost] == [str(3 * UNIT)]
    assert world.books_agree()


def test_what_was_consigned_is_owed_for_what_buyers_got(
    installation: Installation, client: httpx.Client
) -> None:
    """Eight lie there, three are delivered, three are paid: at the supply price, per unit."""
    world = World(installation, client, "full-managed-consignment")
    world.receive(owner_id=str(int(world.of.supplier_id)))
    stocked = world.position()
    order = world.sell(3)
    world.advance(60)
    [statement] = got(world.supplier, "/statements")["items"]
    [claim] = got(world.supplier, f"/statements/{statement['id']}/lines")["items"]
    foreign = world.supplier.get(f"/api/v1/orders/{order}/explanation")

    assert (stocked["on_hand"], stocked["owner_id"]) == (8, str(int(world.of.supplier_id)))
    assert world.position()["on_hand"] == 5
    assert statement["net"] == {"minor": str(3 * UNIT), "currency": "USD"}
    assert (claim["order_id"], claim["amount"]["minor"]) == (order, str(3 * UNIT))
    assert foreign.status_code == 404, "what the buyer paid is not the supplier's to know"
    assert world.books_agree()


def test_a_supplier_counts_in_nothing_that_the_platform_would_owe(
    installation: Installation, client: httpx.Client
) -> None:
    """Not even at a place of its own: what is the platform's, the platform counts."""
    world = World(installation, client, "full-managed-direct-purchase")
    supplier = str(int(world.of.supplier_id))
    own = {"code": "OWN", "name": "Own", "country": "CN", "keeper_id": supplier}
    place = posted(world.supplier, "/operations/locations", own)
    goods = {"market": "us", "sku_id": str(int(world.of.skus[0])), "accepted": 1_000}
    path = "/api/v1/operations/receipts"
    bought = world.supplier.post(path, json={**goods, "location_id": place["id"]})
    others = world.supplier.post(
        path,
        json={
            **goods,
            "location_id": place["id"],
            "owner_id": str(int(world.of.merchant_id)),
        },
    )
    clerk = world.who["warehouse-clerk"]
    theirs = clerk.post(path, json={**goods, "location_id": place["id"], "owner_id": supplier})
    unknown = clerk.post(path, json={**goods, "market": "zz", "location_id": place["id"]})
    world.advance(40)

    assert (bought.status_code, others.status_code) == (403, 403)
    assert (theirs.status_code, theirs.json()["field"]) == (422, "owner_id")
    assert unknown.status_code == 409, unknown.text
    assert got(world.supplier, "/statements")["items"] == []
    assert world.books_agree()


def test_nothing_is_bought_without_an_agreement(
    installation: Installation, client: httpx.Client
) -> None:
    of = filling.shop(installation.work, "self-operated", stock=0)
    clerk = as_(client, filling.person(installation.work, "warehouse-clerk"))
    goods = {"market": "us", "sku_id": str(int(of.skus[0])), "accepted": 1}
    refused = clerk.post(
        "/api/v1/operations/receipts", json={**goods, "location_id": str(int(of.location.id))}
    )
    assert (refused.status_code, refused.json()["field"]) == (422, "sku_id")


@pytest.mark.parametrize("mode", ["full-managed-direct-purchase", "full-managed-consignment"])
def test_neither_supplier_nor_shop_sets_the_price(
    installation: Installation, client: httpx.Client, mode: str
) -> None:
    world = World(installation, client, mode)
    sku = str(int(world.of.skus[0]))
    price = {"market": "us", "sku_id": sku, "price_minor": 9_000}
    owner = as_(client, filling.person(installation.work, "merchant-owner", world.of.merchant_id))
    refused = [who.post("/api/v1/prices", json=price) for who in (world.supplier, owner)]
    set_ = posted(world.who["category-buyer"], "/prices", price)

    assert [answer.status_code for answer in refused] == [404, 403]
    assert set_["price"] == {"minor": "9000", "currency": "USD"}
