"""Apps and authorisations in the native API: operators register, owners shut out."""

import httpx

from entrepot.contexts import integrations
from entrepot.contexts.integrations import AppId, AppKind, Grant
from entrepot.kernel.access import platform
from tests import filling
from tests.conftest import Installation
from tests.surfaces.api.calling import as_, got, posted

APP = {
    "name": "An ERP",
    "redirect_url": "https://erp.example.com/callback",
    "kinds": ["seller"],
    "scopes": ["seller.order.info"],
}


def test_the_life_of_an_app(installation: Installation, client: httpx.Client) -> None:
    work = installation.work
    admin = as_(client, filling.person(work, "operator-admin"))
    owner_sign_in = filling.person(work, "merchant-owner")
    owner = as_(client, owner_sign_in)
    stranger = as_(client, filling.person(work, "merchant-owner"))

    made = posted(admin, "/apps", APP)
    assert len(made["secret"]) == 40 and made["generation"] == 1
    [listed] = got(admin, "/apps")["items"]
    assert listed == {**made, "secret": None}
    turned = posted(admin, f"/apps/{made['id']}/rotation")
    assert turned["secret"] != made["secret"] and turned["generation"] == 2

    grant = Grant(
        app_id=AppId.parse(made["id"]),
        organisation_id=owner_sign_in.organisation_id,
        kind=AppKind.SELLER,
        scopes=("seller.order.info",),
    )
    work.run(lambda _: platform("test"), "test.token", lambda tx: integrations.authorise(tx, grant))
    [mine] = got(owner, "/authorisations")["items"]
    assert got(stranger, "/authorisations")["items"] == []
    path = f"/api/v1/authorisations/{mine['id']}"
    assert stranger.delete(path).status_code == 404
    assert owner.delete(path).json()["revoked_at"] is not None

    assert owner.post("/api/v1/apps", json=APP).status_code == 403
    assert owner.get("/api/v1/apps").status_code == 403
    assert owner.post(f"/api/v1/apps/{made['id']}/rotation").status_code == 403
    assert owner.delete(f"/api/v1/apps/{made['id']}").status_code == 403
    assert admin.delete(f"/api/v1/apps/{made['id']}").json()["state"] == "revoked"
    assert admin.post(f"/api/v1/apps/{made['id']}/rotation").status_code == 409


def test_an_app_is_registered_as_it_must_be(
    installation: Installation, client: httpx.Client
) -> None:
    admin = as_(client, filling.person(installation.work, "operator-admin"))
    wishes: list[dict[str, object]] = [
        {"redirect_url": "javascript:alert(1)"},
        {"kinds": []},
        {"scopes": []},
        {"scopes": ["Not A Scope"]},
        {"name": ""},
    ]
    for wrong in wishes:
        assert admin.post("/api/v1/apps", json={**APP, **wrong}).status_code == 422
    assert got(admin, "/apps")["items"] == []
