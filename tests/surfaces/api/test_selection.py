"""What the operator looks for, from the brief to the decision, and appeals, over HTTP."""

from typing import Any

import httpx
import pytest

from entrepot.contexts import catalog
from entrepot.kernel.access import platform
from entrepot.kernel.problems import only
from entrepot.kernel.tx import Tx
from tests import filling
from tests.conftest import Installation
from tests.surfaces.api.calling import as_, got, posted

briefs, sizes = catalog.briefs, catalog.sizes


@pytest.fixture
def of(installation: Installation) -> filling.Shop:
    return filling.shop(installation.work)


@pytest.fixture
def owner(installation: Installation, client: httpx.Client, of: filling.Shop) -> httpx.Client:
    return as_(client, filling.person(installation.work, "merchant-owner", of.merchant_id))


@pytest.fixture
def stranger(installation: Installation, client: httpx.Client) -> httpx.Client:
    return as_(client, filling.person(installation.work, "merchant-owner"))


@pytest.fixture
def admin(installation: Installation, client: httpx.Client) -> httpx.Client:
    return as_(client, filling.person(installation.work, "operator-admin"))


def a_brief(**more: Any) -> dict[str, Any]:
    return {
        "market": "us",
        "kind": "category",
        "category_id": "aa",
        "title": "Clothing for the summer",
        "ends_at": "2024-07-01T00:00:00Z",
        **more,
    }


def listing_of(installation: Installation, of: filling.Shop) -> str:
    def find(tx: Tx) -> str:
        [one] = catalog.in_shop(tx, of.shop.id, [of.products[0].id]).values()
        return str(one.id)

    return installation.work.run(lambda _: platform("test"), "test", find)


def submit(by: httpx.Client, brief: str, listing: str) -> httpx.Response:
    return by.post(f"/api/v1/briefs/{brief}/submissions", json={"listing_id": listing})


def decide(by: httpx.Client, id: str, **answer: Any) -> httpx.Response:
    return by.post(f"/api/v1/operations/submissions/{id}/decision", json=answer)


def ids(page: Any) -> list[str]:
    return [one["id"] for one in page["items"]]


def test_a_brief_is_answered_and_decided(
    installation: Installation,
    owner: httpx.Client,
    stranger: httpx.Client,
    admin: httpx.Client,
    of: filling.Shop,
) -> None:
    brief = posted(admin, "/operations/briefs", a_brief())
    listing = listing_of(installation, of)
    submission = submit(owner, brief["id"], listing)
    id = submission.json()["id"]
    seen = {
        name: ids(got(who, "/submissions"))
        for name, who in (("owner", owner), ("stranger", stranger), ("admin", admin))
    }
    twice = submit(owner, brief["id"], listing)
    wordless = decide(admin, id, approved=False)
    own = decide(owner, id, approved=True)
    rejected = decide(admin, id, approved=False, reason="another brand")
    again = decide(admin, id, approved=True)

    assert ids(got(owner, "/briefs", market="us")) == [brief["id"]]
    assert got(owner, f"/briefs/{brief['id']}") == brief
    assert (submission.status_code, submission.json()["state"]) == (201, "waiting")
    assert seen == {"owner": [id], "stranger": [], "admin": [id]}
    assert (twice.status_code, wordless.status_code, own.status_code) == (409, 422, 404)
    assert (rejected.status_code, rejected.json()["state"]) == (200, "rejected")
    assert rejected.json()["reason"] == "another brand"
    assert again.status_code == 409
    assert ids(got(owner, "/submissions", state="rejected")) == [id]
    assert submit(owner, brief["id"], listing).status_code == 201  # A rejection is no end.


def test_a_brief_that_is_withdrawn_takes_nothing(
    installation: Installation, owner: httpx.Client, admin: httpx.Client, of: filling.Shop
) -> None:
    brief = posted(admin, "/operations/briefs", a_brief())
    path = f"/api/v1/operations/briefs/{brief['id']}/withdrawal"
    others = owner.post(path)
    withdrawn = admin.post(path)

    refused = submit(owner, brief["id"], listing_of(installation, of))

    assert (others.status_code, withdrawn.status_code) == (403, 200)
    assert withdrawn.json()["withdrawn_at"] is not None
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/brief-over")
    assert (ids(got(owner, "/briefs", market="us")), ids(got(owner, "/submissions"))) == ([], [])


def test_what_is_not_asked_for_is_refused(
    installation: Installation,
    owner: httpx.Client,
    stranger: httpx.Client,
    admin: httpx.Client,
    of: filling.Shop,
) -> None:
    listing = listing_of(installation, of)
    wordy = posted(admin, "/operations/briefs", a_brief(keywords=["linen"]))
    elsewhere = posted(admin, "/operations/briefs", a_brief(market="gb"))
    fitting = posted(admin, "/operations/briefs", a_brief())

    misfit = submit(owner, wordy["id"], listing)
    abroad = submit(owner, elsewhere["id"], listing)
    foreign = submit(stranger, fitting["id"], listing)
    over = admin.post("/api/v1/operations/briefs", json=a_brief(ends_at="2024-01-01T00:00:00Z"))
    merchants = owner.post("/api/v1/operations/briefs", json=a_brief())

    assert (misfit.status_code, misfit.json()["type"]) == (409, "/problems/does-not-fit-brief")
    assert (abroad.status_code, foreign.status_code) == (404, 404)
    assert (over.status_code, over.json()["field"], merchants.status_code) == (422, "ends_at", 403)
    assert ids(got(admin, "/submissions")) == []
    assert ids(got(admin, "/briefs", market="us")) == [fitting["id"], wordy["id"]]


def an_appeal(installation: Installation, of: filling.Shop) -> str:
    """Against what was found on the size chart of a product."""

    def make(tx: Tx) -> str:
        [one] = catalog.in_shop(tx, of.shop.id, [of.products[0].id]).values()
        details = catalog.Details(size_chart_template="7")
        only(catalog.edit(tx, [catalog.Edit(listing_id=one.id, details=details)]))
        only(catalog.audit(tx, [catalog.Audit(listing_id=one.id, passes=True)]))
        wish = sizes.NewAppeal(listing_id=one.id, indicators=(next(iter(sizes.Indicator)),))
        return str(only(sizes.appeal(tx, [wish])))

    return installation.work.run(lambda _: platform("test"), "test", make)


def test_an_appeal_is_heard_once_by_who_audits(
    installation: Installation, owner: httpx.Client, admin: httpx.Client, of: filling.Shop
) -> None:
    an_appeal(installation, of)
    [waiting] = got(admin, "/operations/appeals")["items"]
    path = f"/api/v1/operations/appeals/{waiting['id']}/decision"
    listed = owner.get("/api/v1/operations/appeals")
    own = owner.post(path, json={"upheld": True})
    before = got(admin, "/operations/appeals")

    upheld = admin.post(path, json={"upheld": True})
    again = admin.post(path, json={"upheld": False})

    assert (listed.status_code, own.status_code) == (403, 404)
    assert ids(before) == [waiting["id"]] and waiting["state"] == "waiting"
    assert (upheld.status_code, upheld.json()["state"], again.status_code) == (200, "upheld", 409)
    assert got(admin, "/operations/appeals")["items"] == []
    assert ids(got(admin, "/operations/appeals", state="upheld")) == [waiting["id"]]
