"""Tokens and the page on which people agree: through the SDK and a browser's requests."""

import re
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from tiktok_shop_api import TikTokShopAuth, TikTokShopError, TokenSet

from entrepot.contexts import integrations
from entrepot.kernel.access import OrganisationId
from entrepot.surfaces.partner_api.scopes import Scope
from tests import filling
from tests.surfaces.partner_api.calling import refusal, sent
from tests.surfaces.partner_api.conftest import REDIRECT, Partner, registered

WEBHOOKS = "/event/202309/webhooks"
DAY = 86_400


def auth(partner: Partner, **changed: str) -> TikTokShopAuth:
    credentials: dict[str, Any] = {
        "app_key": partner.app.key,
        "app_secret": partner.secret,
        **changed,
    }
    return TikTokShopAuth(
        **credentials, service_id=str(int(partner.app.id)), base_url=partner.address
    )


def address_of(partner: Partner, kind: str = "seller", state: str | None = "a b&c") -> str:
    """Where the SDK sends people, at this server."""
    url = auth(partner).authorization_url(type=kind, region="row", state=state)  # type: ignore[arg-type]
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def browser(partner: Partner) -> httpx.Client:
    return httpx.Client(base_url=partner.address, timeout=30, headers={"accept-language": "en"})


def signed_in(partner: Partner, page: httpx.Client, somebody: filling.SignIn, at: str) -> str:
    """Sign in on the page, and see the question."""
    given = {"do": "sign_in", "email": somebody.email, "password": filling.PASSWORD}
    answer = page.post(at, data=given)
    assert answer.status_code == 303, answer.text
    return page.get(answer.headers["location"]).text


def form_of(text: str) -> tuple[str, dict[str, str | list[str]]]:
    """Where the form of a page leads, and what it would send."""
    [action] = re.findall(r'<form method="post" action="([^"]*)"', text)
    [token] = re.findall(r'name="form" value="([^"]*)"', text)
    [place, *_] = re.findall(r'<option value="(\d+)"', text)
    scopes = re.findall(r'name="scope" value="([^"]*)"', text)
    return action.replace("&amp;", "&"), {"form": token, "organisation": place, "scope": scopes}


def owner(partner: Partner) -> filling.SignIn:
    return filling.person(partner.work, "merchant-owner", partner.of.merchant_id)


def agreed(partner: Partner) -> str:
    """The code that an owner's consent gives."""
    at = address_of(partner)
    with browser(partner) as page:
        action, form = form_of(signed_in(partner, page, owner(partner), at))
        back = page.post(action, data={**form, "do": "approve"})
    assert back.status_code == 303 and back.headers["location"].startswith(f"{REDIRECT}?")
    query = parse_qs(urlsplit(back.headers["location"]).query)
    assert query["state"] == ["a b&c"] and query["app_key"] == [partner.app.key]
    return query["code"][0]


def with_tokens(partner: Partner, tokens: TokenSet) -> Partner:
    return replace(partner, tokens=replace(partner.tokens, access=tokens.access_token))


def test_an_owner_agrees_and_the_app_fetches_tokens_once(partner: Partner) -> None:
    code = agreed(partner)
    tokens = auth(partner).exchange_code(code)

    assert sent(with_tokens(partner, tokens), "GET", WEBHOOKS).status_code == 200
    assert tokens.user_type == 0 and tokens.seller_base_region == "CN"
    assert {*(tokens.granted_scopes or [])} == {
        scope.value for scope in Scope if scope.startswith("seller.")
    }
    assert abs(tokens.access_token_expire_in - time.time() - 7 * DAY) < 120
    assert abs(tokens.refresh_token_expire_in - time.time() - 365 * DAY) < 120
    with pytest.raises(TikTokShopError) as twice:
        auth(partner).exchange_code(code)
    assert twice.value.code == 36004004


def test_refreshing_rotates_both_tokens(partner: Partner) -> None:
    first = auth(partner).exchange_code(agreed(partner))
    second = auth(partner).refresh(first.refresh_token)

    assert second.open_id == first.open_id
    assert second.refresh_token_expire_in == first.refresh_token_expire_in
    assert refusal(sent(with_tokens(partner, first), "GET", WEBHOOKS)) == (401, 105001)
    assert sent(with_tokens(partner, second), "GET", WEBHOOKS).status_code == 200
    with pytest.raises(TikTokShopError) as again:
        auth(partner).refresh(first.refresh_token)
    assert again.value.code == 36004004
    assert sent(with_tokens(partner, second), "GET", WEBHOOKS).status_code == 200


def test_tokens_are_for_who_knows_the_secret(partner: Partner) -> None:
    code = agreed(partner)
    other = registered(partner.work, "Another ERP")
    of_other = replace(partner, app=other)

    for wrong, expected in [
        (auth(partner, app_secret="0" * 40), 101000),
        (auth(partner, app_key="0" * 13), 36009004),
        (auth(of_other), 36004004),  # It is another app's code; now nobody can use it … but they.
    ]:
        with pytest.raises(TikTokShopError) as refused:
            wrong.exchange_code(code)
        assert refused.value.code == expected
    assert auth(partner).exchange_code(code).access_token


def test_parameters_of_the_token_calls(partner: Partner) -> None:
    with browser(partner) as page:
        answer = page.get("/api/v2/token/get", params={"app_key": partner.app.key})
        assert refusal(answer) == (400, 36009004)
        known = {"app_key": partner.app.key, "app_secret": partner.secret}
        wrong = {**known, "auth_code": "x", "grant_type": "password"}
        assert refusal(page.get("/api/v2/token/get", params=wrong)) == (400, 36009004)


def test_whoever_refuses_gives_nothing(partner: Partner) -> None:
    at = address_of(partner)
    with browser(partner) as page:
        action, form = form_of(signed_in(partner, page, owner(partner), at))
        back = page.post(action, data={**form, "do": "deny"})
    query = parse_qs(urlsplit(back.headers["location"]).query)

    assert back.headers["location"].startswith(REDIRECT)
    assert query == {"error": ["access_denied"], "state": ["a b&c"]}


def test_only_what_is_ticked_is_granted(partner: Partner) -> None:
    at = address_of(partner, state=None)
    with browser(partner) as page:
        action, form = form_of(signed_in(partner, page, owner(partner), at))
        nothing = page.post(action, data={**form, "scope": [], "do": "approve"})
        beyond = ["seller.order.info", "creator.affiliate_collaboration.read", "made.up"]
        back = page.post(action, data={**form, "scope": beyond, "do": "approve"})
    assert nothing.status_code == 422
    code = parse_qs(urlsplit(back.headers["location"]).query)["code"][0]

    tokens = auth(partner).exchange_code(code)

    assert tokens.granted_scopes == ["seller.order.info"]
    assert refusal(sent(with_tokens(partner, tokens), "GET", WEBHOOKS)) == (403, 105005)


def test_forms_from_elsewhere_decide_nothing(partner: Partner) -> None:
    """Forged: without the page's token, with another session's, from another site, for others."""
    at, somebody = address_of(partner), owner(partner)
    with browser(partner) as page, browser(partner) as other:
        action, form = form_of(signed_in(partner, page, somebody, at))
        _, foreign = form_of(signed_in(partner, other, somebody, at))
        neighbour = str(int(partner.other_seller().of.merchant_id))
        forged: list[tuple[dict[str, str | list[str]], dict[str, str]]] = [
            ({**form, "form": ""}, {}),
            ({**form, "form": foreign["form"]}, {}),
            (form, {"origin": "https://evil.example.com"}),
            (form, {"sec-fetch-site": "cross-site"}),
            ({**form, "organisation": neighbour}, {}),
        ]
        for body, headers in forged:
            answer = page.post(action, data={**body, "do": "approve"}, headers=headers)
            assert answer.status_code in {400, 403}, (body, headers)
            assert "location" not in answer.headers
        stated = action.replace("state=a+b%26c", "state=other")
        assert page.post(stated, data={**form, "do": "approve"}).status_code == 400


def test_who_may_not_decide_is_asked_nothing(partner: Partner) -> None:
    at = address_of(partner)
    clerk = filling.person(partner.work, "merchant-staff", partner.of.merchant_id)
    with browser(partner) as page:
        assert "may use this app" not in (text := signed_in(partner, page, clerk, at))
        assert "Nobody whom you may decide for" in text and "<form" not in text
    with browser(partner) as page:
        wrong = page.post(at, data={"do": "sign_in", "email": clerk.email, "password": "wrong"})
        assert wrong.status_code == 401 and "not right" in wrong.text


def test_the_page_brings_a_strict_cookie_along_and_runs_nothing(partner: Partner) -> None:
    at = address_of(partner)
    with browser(partner) as page:
        first = page.get(at)
        asked = page.get(f"{at}&again=1")

    assert 'http-equiv="refresh"' in first.text and "again=1" in first.text
    assert "Sign in" in asked.text and "<script" not in asked.text
    policy = asked.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert asked.headers["x-frame-options"] == "DENY"


def test_the_page_speaks_chinese(partner: Partner) -> None:
    at = address_of(partner)
    with browser(partner) as page:
        signed_in(partner, page, owner(partner), at)
        text = page.get(f"{at}&again=1&lang=zh-CN").text

    assert "同意授权" in text and 'lang="zh-CN"' in text
    assert "查看并处理取消、退货与退款" in text


def test_names_of_apps_are_text(partner: Partner) -> None:
    app = registered(partner.work, "<script>alert(1)</script>")
    with browser(partner) as page:
        text = page.get(address_of(replace(partner, app=app))).text

    assert "<script" not in text and "&lt;script&gt;" in text


def test_unknown_apps_have_no_page(partner: Partner) -> None:
    with browser(partner) as page:
        for query in ("app_key=nobody", "service_id=1", "service_id=x", "app_key=%00", ""):
            assert page.get(f"/open/authorize?{query}").status_code == 404


def test_creators_and_partners_have_tokens_of_their_own(partner: Partner) -> None:
    for kind, role, number in [("creator", "creator", 1), ("partner", "provider-staff", 3)]:
        somebody = filling.person(partner.work, role)
        with browser(partner) as page:
            text = signed_in(partner, page, somebody, address_of(partner, kind))
            action, form = form_of(text)
            back = page.post(action, data={**form, "do": "approve"})
        code = parse_qs(urlsplit(back.headers["location"]).query)["code"][0]
        tokens = auth(partner).exchange_code(code)
        assert tokens.user_type == number
        assert all(one.startswith(f"{kind}.") for one in tokens.granted_scopes or [])
        assert refusal(sent(with_tokens(partner, tokens), "GET", WEBHOOKS)) == (403, 105005)


def test_people_shut_apps_out_on_a_page(partner: Partner) -> None:
    with browser(partner) as page:
        assert page.get("/open/authorizations").status_code == 401
        signed_in(partner, page, owner(partner), address_of(partner))
        text = page.get("/open/authorizations").text
        [token, *_] = re.findall(r'name="form" value="([^"]*)"', text)
        [number] = re.findall(r'name="authorisation" value="(\d+)"', text)
        stale = page.post("/open/authorizations", data={"authorisation": number, "form": "x"})
        assert stale.status_code == 400
        assert sent(partner, "GET", WEBHOOKS).status_code == 200
        page.post("/open/authorizations", data={"authorisation": number, "form": token})
        assert "No app has access." in page.get("/open/authorizations").text

    assert number == str(int(partner.tokens.authorisation.id))
    assert refusal(sent(partner, "GET", WEBHOOKS)) == (401, 105001)


def test_a_code_waits_for_half_an_hour() -> None:
    from entrepot.contexts.integrations.model import CODE_LASTS

    assert timedelta(minutes=30) == CODE_LASTS
    assert OrganisationId(1) and timedelta(days=7) == integrations.ACCESS_LASTS
