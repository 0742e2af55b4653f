"""What the frame refuses: with the documented code, before anything is done or told."""

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from entrepot.contexts import integrations
from entrepot.kernel import clock
from entrepot.kernel.access import platform
from entrepot.kernel.problems import each, only
from entrepot.surfaces.partner_api.application import routes
from entrepot.surfaces.partner_api.limits import Limits
from entrepot.surfaces.partner_api.scopes import Scope
from tests.surfaces.partner_api.calling import refusal, sent
from tests.surfaces.partner_api.conftest import REDIRECT, Partner, registered

WEBHOOKS = "/event/202309/webhooks"
WISH = b'{"event_type":"ORDER_STATUS_CHANGE","address":"https://erp.example.com/hooks"}'
COUNT = text("select count(*) from integrations.endpoints")


def endpoints(partner: Partner) -> int:
    with partner.parts.engine.connect() as sql:
        return int(sql.execute(COUNT).scalar_one())


def test_what_is_signed_is_done(partner: Partner) -> None:
    answer = sent(partner, "PUT", WEBHOOKS, body=WISH)

    assert (answer.status_code, answer.json()["code"]) == (200, 0)
    assert answer.json()["message"] == "Success" and answer.json()["data"] == {}
    assert len(answer.json()["request_id"]) == 32
    assert endpoints(partner) == 1


WRONG: list[tuple[dict[str, Any], tuple[int, int]]] = [
    ({"secret": "0" * 40}, (401, 106001)),
    ({"query": {"sign": "é"}}, (401, 106001)),
    ({"without": ("sign",)}, (400, 36009004)),
    ({"without": ("app_key",)}, (400, 36009004)),
    ({"without": ("timestamp",)}, (400, 36009004)),
    ({"without": ("token",)}, (400, 36009004)),
    ({"query": {"app_key": "0000000000000"}}, (400, 36009004)),
    ({"query": {"timestamp": "yesterday"}}, (400, 36009004)),
    ({"token": "EAT_nobody"}, (401, 105001)),
    ({"without": ("shop_cipher",)}, (400, 106013)),
    ({"query": {"shop_cipher": "ECS_nonsense"}}, (400, 106011)),
    ({"body": b'{"event_type": "ORDER'}, (400, 36009004)),
    ({"body": b'{"event_type":"NO_SUCH","address":"https://a.example"}'}, (400, 36009004)),
    ({"body": WISH.replace(b"erp", b"er\\u0000p")}, (400, 36009004)),
    ({"body": WISH.replace(b"https", b"gopher")}, (400, 36009004)),
    ({"body": b"[" * 100_000}, (400, 36009004)),
    ({"body": b" " * 1_000_001}, (400, 36009004)),
    ({"query": {"page_size": "\0"}}, (400, 36009004)),
]


def test_wrong_requests(partner: Partner) -> None:
    for how, expected in WRONG:
        answer = sent(partner, "PUT", WEBHOOKS, **{"body": WISH, **how})
        assert refusal(answer) == expected, how
    assert endpoints(partner) == 0


def test_who_is_nobody_learns_nothing_about_bodies(partner: Partner) -> None:
    answer = sent(partner, "PUT", WEBHOOKS, body=b"nonsense", secret="0" * 40)

    assert refusal(answer) == (401, 106001)


def test_a_signature_covers_the_body(partner: Partner) -> None:
    good = sent(partner, "PUT", WEBHOOKS, body=WISH).request.url
    at, sign = good.params["timestamp"], good.params["sign"]
    other = WISH.replace(b"erp", b"cat")

    answer = sent(partner, "PUT", WEBHOOKS, body=other, at=int(at), query={"sign": sign})

    assert refusal(answer) == (401, 106001)


def test_the_window_of_timestamps(partner: Partner) -> None:
    for off, refused in [(-285, False), (-310, True), (15, False), (60, True)]:
        answer = sent(partner, "GET", WEBHOOKS, at=int(time.time()) + off)
        assert answer.status_code == (400 if refused else 200), off
        if refused:
            assert refusal(answer) == (400, 36009004)
            assert "timestamp" in answer.json()["message"]


def test_business_time_is_no_clock_for_signatures(partner: Partner) -> None:
    """The installation's business clock stands in 2024."""
    assert sent(partner, "GET", WEBHOOKS).status_code == 200


def test_unknown_paths_and_methods(partner: Partner) -> None:
    assert refusal(sent(partner, "GET", "/order/202309/nowhere")) == (404, 36009009)
    assert refusal(sent(partner, "GET", "/product/209901/products")) == (404, 36009009)
    assert refusal(sent(partner, "PATCH", WEBHOOKS)) == (405, 36009010)


def test_what_is_not_served_says_why(partner: Partner) -> None:
    answer = sent(partner, "GET", "/analytics/202609/shop/performance")

    assert refusal(answer) == (501, 90000501)
    assert "analytics" in answer.json()["message"]


def test_a_scope_that_was_not_granted(partner: Partner) -> None:
    orders = partner.with_scopes(Scope.ORDER_READ)

    assert refusal(sent(orders, "PUT", WEBHOOKS, body=WISH)) == (403, 105005)
    assert refusal(sent(partner, "PUT", WEBHOOKS, body=WISH)) == (401, 105001)
    assert endpoints(partner) == 0


def test_revocation_acts_at_once(partner: Partner) -> None:
    assert sent(partner, "GET", WEBHOOKS).status_code == 200
    partner.work.run(
        lambda _: platform("test"),
        "test.revoke",
        lambda tx: only(integrations.revoke(tx, [partner.tokens.authorisation.id])),
    )

    assert refusal(sent(partner, "GET", WEBHOOKS)) == (401, 105001)


def test_an_expired_token_is_told_from_an_invalid_one(partner: Partner) -> None:
    partner.work.run(
        lambda _: platform("test"),
        "test.expire",
        lambda tx: integrations.expire_access(tx, [partner.tokens.authorisation.id]),
    )

    assert refusal(sent(partner, "GET", WEBHOOKS)) == (401, 105002)


def test_the_secret_is_rotated_at_once(partner: Partner) -> None:
    before = partner.secret
    [app] = partner.work.run(
        lambda _: platform("test"),
        "test.rotate",
        lambda tx: each(integrations.rotate(tx, [partner.app.id])),
    )
    rotated = replace(partner, app=app)

    assert refusal(sent(rotated, "GET", WEBHOOKS, secret=before)) == (401, 106001)
    assert sent(rotated, "GET", WEBHOOKS).status_code == 200


def test_a_revoked_app_is_nobody(partner: Partner) -> None:
    partner.work.run(
        lambda _: platform("test"),
        "test.revoke",
        lambda tx: each(integrations.revoke_apps(tx, [partner.app.id])),
    )

    assert refusal(sent(partner, "GET", WEBHOOKS)) == (400, 36009004)


def test_a_token_of_another_app(partner: Partner) -> None:
    other = registered(partner.work, "Another ERP")
    mixed = replace(partner, app=other)

    assert refusal(sent(mixed, "GET", WEBHOOKS)) == (401, 105001)


def test_no_operation_opens_a_foreign_shop(partner: Partner) -> None:
    """All operations with a cipher: another seller's, and one that was made for another app."""
    neighbour = partner.other_seller()
    other_app = registered(partner.work, "Another ERP")
    of_other_app = replace(partner, app=other_app).cipher
    walked = 0
    for operation in routes().operations:
        if not operation.shop:
            continue
        path = operation.path.replace("{", "").replace("}", "")
        for cipher in (neighbour.cipher, of_other_app):
            answer = sent(partner, operation.method, path, query={"shop_cipher": cipher})
            assert refusal(answer) == (400, 106011), operation.path
            walked += 1
    assert walked > 2


def test_the_rate_is_limited_by_app_and_shop(partner: Partner) -> None:
    partner.dialect.dispatch.limits = Limits(3, now=lambda: 0.0)  # It is always the same second.
    neighbour = partner.other_seller()

    answers = [sent(partner, "GET", WEBHOOKS) for _ in range(4)]
    limited = answers[3]

    assert answers[0].headers["x-ratelimit-limit"] == "3"
    assert answers[0].headers["x-ratelimit-remaining"] == "2"
    assert refusal(limited) == (429, 36009002)
    assert limited.headers["retry-after"] == "1"
    assert sent(neighbour, "GET", WEBHOOKS).status_code == 200


def test_real_time_ends_tokens(partner: Partner) -> None:
    ends = partner.tokens.authorisation.access_ends_at - clock.real()

    assert timedelta(days=6, hours=23) < ends <= timedelta(days=7)
    assert REDIRECT.startswith("https://")
