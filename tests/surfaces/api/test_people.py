"""Organisations are founded, people let in and invited, over HTTP and without any mail."""

import httpx

from tests import filling
from tests.conftest import Installation
from tests.surfaces.api.calling import as_, got, posted

NEW = "battery staple correct"
ANN = {"name": "Ann", "email": "ann@example.org"}


def admin_of(installation: Installation, client: httpx.Client) -> httpx.Client:
    return as_(client, filling.person(installation.work, "operator-admin"))


def secret_of(invitation: dict[str, str]) -> str:
    place, _, secret = invitation["url"].partition("#")
    assert place == "http://localhost:8000/invitation"
    return secret


def accepted(client: httpx.Client, invitation: dict[str, str]) -> httpx.Client:
    """Who has set a password by a link is signed in."""
    body = {"secret": secret_of(invitation), "password": NEW}
    token = posted(client, "/invitations/acceptance", body)["token"]
    client.cookies.clear()
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=client.base_url, headers=headers, timeout=30)


def test_a_merchant_comes_in(installation: Installation, client: httpx.Client) -> None:
    admin = admin_of(installation, client)
    wish = {"kind": "merchant", "name": "Lantern Works", "country": "CN"}
    key = {"Idempotency-Key": "m1"}
    founded, again = (
        admin.post("/api/v1/organisations", json=wish, headers=key).json() for _ in range(2)
    )
    place = f"/organisations/{founded['id']}"
    joined = posted(admin, f"{place}/members", {**ANN, "role": "merchant-owner"})
    owner = accepted(client, joined["invitation"])
    clerk = posted(
        owner,
        f"{place}/members",
        {"name": "Bo", "email": "bo@example.org", "role": "merchant-staff"},
    )
    staff = accepted(client, clerk["invitation"])

    assert again == founded and got(owner, place)["name"] == "Lantern Works"
    assert [row["id"] for row in got(owner, "/organisations")["items"]] == [founded["id"]]
    members = {row["email"]: row["role"] for row in got(owner, f"{place}/members")}
    assert members == {"ann@example.org": "merchant-owner", "bo@example.org": "merchant-staff"}
    mine = [{"organisation_id": founded["id"], "role": "merchant-staff"}]
    assert got(staff, "/me")["roles"] == mine
    assert staff.post(f"/api/v1{place}/members", json={**ANN, "role": "creator"}).status_code in {
        403,
        409,
    }


def test_a_link_works_once(installation: Installation, client: httpx.Client) -> None:
    admin = admin_of(installation, client)
    somebody = filling.shopper(installation.work)
    path = f"/people/{int(somebody.person_id)}/invitations"
    invitation = posted(admin, path)
    accepted(client, invitation)
    body = {"secret": secret_of(invitation), "password": NEW}
    again = client.post("/api/v1/invitations/acceptance", json=body)

    assert (again.status_code, again.json()["type"]) == (404, "/problems/invitation-ended")
    old = {"email": somebody.email, "password": filling.PASSWORD}
    assert client.post("/api/v1/sessions", json=old).status_code == 401
    assert posted(client, "/sessions", {**old, "password": NEW})["person_id"] == str(
        int(somebody.person_id)
    )


def test_nobody_is_invited_above_oneself(installation: Installation, client: httpx.Client) -> None:
    admin = admin_of(installation, client)
    approver = filling.person(installation.work, "operator-finance-approver")
    refused = admin.post(f"/api/v1/people/{int(approver.person_id)}/invitations", json={})

    assert refused.status_code == 403
    assert refused.json()["missing"] == ["payout:approve"]


def test_an_address_is_taken_and_nothing_is_kept(
    installation: Installation, client: httpx.Client
) -> None:
    admin = admin_of(installation, client)
    somebody = filling.person(installation.work, "merchant-owner")
    place = f"/organisations/{int(somebody.organisation_id)}/members"
    wish = {"name": "Twin", "email": somebody.email.upper(), "role": "merchant-staff"}
    refused = admin.post(f"/api/v1{place}", json=wish)
    nobody = admin.post(f"/api/v1{place}", json={**ANN, "role": "no-such-role"})

    assert (refused.status_code, nobody.status_code) == (409, 422)
    assert [row["role"] for row in got(admin, place)] == ["merchant-owner"]
    assert posted(admin, place, {**ANN, "role": "merchant-staff"})["invitation"]


def test_strangers_learn_of_no_address(installation: Installation, client: httpx.Client) -> None:
    owner, stranger = (filling.person(installation.work, "merchant-owner") for _ in range(2))
    theirs = as_(client, stranger)
    place = f"/api/v1/organisations/{int(owner.organisation_id)}/members"
    answers = [
        theirs.post(place, json={"name": "N", "email": email, "role": "merchant-staff"})
        for email in (owner.email, "nobody@example.org")
    ]
    own = f"/api/v1/organisations/{int(stranger.organisation_id)}/members"
    taken = theirs.post(own, json={"person_id": str(owner.person_id), "role": "merchant-staff"})

    assert [answer.status_code for answer in [*answers, taken]] == [404, 404, 404]
    assert answers[0].json() == answers[1].json()
    assert [row["email"] for row in theirs.get(own).json()] == [stranger.email]


def test_a_token_forgets_nobody(installation: Installation, client: httpx.Client) -> None:
    owner = filling.person(installation.work, "merchant-owner")
    mine = as_(client, owner)
    wish = {
        "organisation_id": str(owner.organisation_id),
        "name": "ERP",
        "scopes": ["order:read"],
    }
    secret = posted(mine, "/tokens", wish)["secret"]
    program = httpx.Client(
        base_url=client.base_url, headers={"Authorization": f"Bearer {secret}"}, timeout=30
    )
    person = f"/api/v1/people/{int(owner.person_id)}"

    assert program.post(f"{person}/erasure", json={}).status_code == 404
    assert program.delete(f"{person}/sessions").status_code == 404
    assert program.put("/api/v1/me/password", json={"old": "x", "new": NEW}).status_code == 401
    assert got(mine, "/me")["person_id"] == str(owner.person_id)


def test_a_password_is_changed(installation: Installation, client: httpx.Client) -> None:
    somebody = filling.shopper(installation.work)
    here, there = as_(client, somebody), as_(client, somebody)
    wrong = here.put("/api/v1/me/password", json={"old": "wrong", "new": NEW})
    done = here.put("/api/v1/me/password", json={"old": filling.PASSWORD, "new": NEW})

    assert (wrong.status_code, done.status_code) == (401, 204)
    assert got(here, "/me")["person_id"] == str(int(somebody.person_id))
    assert there.get("/api/v1/me").status_code == 401
    guessed = [
        here.put("/api/v1/me/password", json={"old": "wrong", "new": NEW}) for _ in range(11)
    ]
    assert guessed[-1].status_code == 429


def test_sessions_are_ended_by_operators(installation: Installation, client: httpx.Client) -> None:
    admin = admin_of(installation, client)
    somebody, other = (filling.shopper(installation.work) for _ in range(2))
    signed_in = as_(client, somebody)
    path = f"/api/v1/people/{int(somebody.person_id)}/sessions"
    refused = as_(client, other).delete(path)
    ended = admin.delete(path)

    assert refused.status_code == 404
    assert ended.json() == {"sessions": 1}
    assert signed_in.get("/api/v1/me").status_code == 401


def test_a_person_is_forgotten(installation: Installation, client: httpx.Client) -> None:
    admin = admin_of(installation, client)
    somebody = filling.person(installation.work, "merchant-owner")
    path = f"/people/{int(somebody.person_id)}/erasure"
    stranger = as_(client, filling.shopper(installation.work))

    assert stranger.post(f"/api/v1{path}", json={}).status_code == 404
    assert posted(admin, path)["person_id"] == str(int(somebody.person_id))
    assert got(admin, f"/organisations/{int(somebody.organisation_id)}/members") == []


def test_a_role_is_taken_away(installation: Installation, client: httpx.Client) -> None:
    owner = filling.person(installation.work, "merchant-owner")
    staff = filling.person(installation.work, "merchant-staff", owner.organisation_id)
    boss, place = as_(client, owner), f"/api/v1/organisations/{int(owner.organisation_id)}/members"
    last = boss.delete(f"{place}/{int(owner.person_id)}/merchant-owner")
    gone = boss.delete(f"{place}/{int(staff.person_id)}/merchant-staff")

    assert (last.status_code, gone.status_code) == (409, 200)
    assert [row["role"] for row in boss.get(place).json()] == ["merchant-owner"]


def test_a_grant_is_given_and_revoked(installation: Installation, client: httpx.Client) -> None:
    of = filling.shop(installation.work)
    owner = as_(client, filling.person(installation.work, "merchant-owner", of.merchant_id))
    provider = filling.person(installation.work, "provider-staff")
    theirs = as_(client, provider)
    wish = {
        "from_id": str(int(of.merchant_id)),
        "to_id": str(int(provider.organisation_id)),
        "permissions": ["stock:read"],
        "days": 30,
    }
    before = got(theirs, "/stock")["items"]
    given = posted(owner, "/grants", wish)
    during = got(theirs, "/stock")["items"]
    seen = [row["id"] for row in got(owner, "/grants")["items"]]
    assert owner.delete(f"/api/v1/grants/{given['id']}").json()["revoked_at"]

    assert (before, len(during), got(theirs, "/stock")["items"]) == ([], 1, [])
    assert seen == [given["id"]]
    beyond = owner.post("/api/v1/grants", json={**wish, "permissions": ["ledger:read"]})
    assert beyond.status_code == 403


def test_a_page_takes_the_link(client: httpx.Client) -> None:
    english = client.get("/invitation", headers={"Accept-Language": "en"})
    chinese = client.get("/invitation?lang=zh-CN")

    assert "Set your password" in english.text and "设置密码" in chinese.text
    assert "{{" not in english.text + chinese.text
