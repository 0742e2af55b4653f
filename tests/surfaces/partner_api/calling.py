"""Signed requests by hand, for what the SDK would never send."""

import time
from typing import Any

import httpx
from tiktok_shop_api.signing import Signer

from tests.surfaces.partner_api.conftest import Partner

JSON = "application/json"


def sent(
    partner: Partner,
    method: str,
    path: str,
    *,
    query: dict[str, str] | None = None,
    body: bytes = b"",
    secret: str | None = None,
    at: int | None = None,
    without: tuple[str, ...] = (),
    token: str | None = None,
) -> httpx.Response:
    """One request, right in all that is not said otherwise."""
    pairs = {
        "app_key": partner.app.key,
        "timestamp": str(int(time.time()) if at is None else at),
        "shop_cipher": partner.cipher,
        **(query or {}),
    }
    pairs = {name: value for name, value in pairs.items() if name not in without}
    if "sign" not in without and "sign" not in pairs:
        pairs["sign"] = Signer.sign(
            path=path,
            query=[*pairs.items()],
            content_type=JSON,
            body=body or None,
            app_secret=secret or partner.secret,
        )
    headers = {"content-type": JSON}
    if "token" not in without:
        headers["x-tts-access-token"] = partner.tokens.access if token is None else token
    with httpx.Client(base_url=partner.address, timeout=30) as client:
        return client.request(method, path, params=pairs, content=body, headers=headers)


def refusal(answer: httpx.Response) -> tuple[int, int]:
    """Status and code of an answer that must be a refusal, and nothing but that."""
    said: dict[str, Any] = answer.json()
    assert {*said} == {"code", "message", "request_id"}
    assert said["request_id"] and said["message"]
    return answer.status_code, said["code"]
