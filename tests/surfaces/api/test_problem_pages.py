"""Where the `type` of a refusal leads: a page in both languages, and one class for each slug."""

import json
from collections import Counter
from importlib import resources

import httpx

from entrepot.surfaces import api
from entrepot.surfaces.api.problems import KNOWN, catalogue


def test_a_slug_is_one_refusal() -> None:
    """Heirs may share the slug of what they are a case of, with its status and title."""
    own = Counter(
        kind.slug for kinds in catalogue().values() for kind in kinds if "slug" in vars(kind)
    )
    assert [slug for slug, times in own.items() if times > 1] == []
    for kinds in catalogue().values():
        assert len({(kind.status, kind.title) for kind in kinds}) == 1, kinds


def test_every_refusal_has_its_page(client: httpx.Client) -> None:
    slugs = {*catalogue(), *(slug for slug, _ in KNOWN.values())}
    missing = [slug for slug in slugs if client.get(f"/problems/{slug}").status_code != 200]
    assert missing == []
    assert client.get("/problems/no-such-slug").status_code == 404


def test_a_page_speaks_both_languages(client: httpx.Client) -> None:
    refused = client.get("/api/v1/orders")
    assert refused.json()["type"] == "/problems/unauthenticated"
    english = client.get(refused.json()["type"])
    chinese = client.get(refused.json()["type"], params={"lang": "zh-CN"})

    assert "Sign in first" in english.text and "HTTP 401" in english.text
    assert "请先登录" in chinese.text and 'lang="zh-CN"' in chinese.text
    assert "{{" not in english.text + chinese.text


def test_no_address_is_a_place_of_its_own(client: httpx.Client) -> None:
    refused = client.get("/nowhere")
    assert (refused.status_code, refused.json()["type"]) == (404, "/problems/no-such-place")


def test_no_translation_is_left_over() -> None:
    file = resources.files(api).joinpath("html", "problems.zh-CN.json")
    titles: dict[str, str] = json.loads(file.read_text("utf-8"))
    known = {*catalogue(), *(slug for slug, _ in KNOWN.values())}
    outside = {
        "another-history",
        "broken-data",
        "clock-refusal",
        "no-market",
        "not-empty",
        "replay-stopped",
    }
    assert titles.keys() - known <= outside, "the command line's own, which no server loads"
