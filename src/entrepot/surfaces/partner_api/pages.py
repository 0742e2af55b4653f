"""Pages of the consent: how they are drawn. They load nothing from elsewhere and run no script."""

import html
import json
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse

CHINESE, ENGLISH = "zh-CN", "en"


class Page:
    """One page in the language of who reads it."""

    def __init__(self, request: Request) -> None:
        self.request = request
        asked = request.query_params.get("lang")
        accepted = request.headers.get("accept-language", "")
        self.language = asked if asked in {CHINESE, ENGLISH} else _preferred(accepted)
        self._words: dict[str, str] = _texts()[self.language]

    def word(self, name: str, **parts: str) -> str:
        """A text, with what it names put in, fit for HTML."""
        return html.escape(self._words[name].format(**parts))

    def scope(self, name: str) -> str:
        """What a scope allows, in plain words."""
        said = _texts()["scopes"].get(name)
        return html.escape(said[self.language == CHINESE] if said else name)

    def drawn(
        self, title: str, body: Sequence[str], *, status: int = 200, head: str = "", to: str = ""
    ) -> HTMLResponse:
        """The whole page; `to` is where its forms may lead beside this server."""
        other = ENGLISH if self.language == CHINESE else CHINESE
        query = {**self.request.query_params, "lang": other}
        text = _template()
        for name, value in {
            "lang": self.language,
            "other": other,
            "switch": self.word("switch"),
            "switch_to": html.escape(f"{self.request.url.path}?{urlencode(query)}"),
            "head": head,
            "title": title,
            "body": "\n".join(body),
        }.items():
            text = text.replace(f"{{{{{name}}}}}", value)
        return HTMLResponse(text, status, headers=_headers(self.language, to))


def hidden(name: str, value: str) -> str:
    """A field that comes back as it was sent."""
    return f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'


def fault(text: str) -> str:
    """What went wrong, above the form."""
    return f'<p class="fault" role="alert">{text}</p>'


def _headers(language: str, to: str) -> dict[str, str]:
    """Browsers apply `form-action` to redirects, too: the app's own address must be named."""
    parts = urlsplit(to)
    origin = f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""
    return {
        "Content-Language": language,
        "Vary": "Accept-Language, Cookie",
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": (
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
            f"frame-ancestors 'none'; form-action 'self'{origin}"
        ),
    }


def _preferred(accepted: str) -> str:
    for part in accepted.lower().split(","):
        tag = part.split(";")[0].strip()
        if tag.startswith("zh"):
            return CHINESE
        if tag.startswith("en"):
            return ENGLISH
    return ENGLISH


@cache
def _template() -> str:
    return _file("page.html")


@cache
def _texts() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_file("words.json"))
    return found


def _file(name: str) -> str:
    return resources.files(__package__).joinpath("html", name).read_text("utf-8")
