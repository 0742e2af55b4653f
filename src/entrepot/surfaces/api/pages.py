"""Pages for people: where to begin, and what the API can do. They load nothing from elsewhere."""

import html
import json
from functools import cache
from importlib import resources
from typing import Annotated

import orjson
from fastapi import Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, TypeAdapter, ValidationError

from entrepot.kernel.problems import NotFound
from entrepot.surfaces.parts import Parts

from .openapi import document
from .problems import KNOWN, about, catalogue
from .routing import beside

router = beside()

Language = Annotated[str | None, Query(pattern="^(en|zh-CN)$")]
DEMO = "demo.json"  # In the home folder, written by the demo: who can sign in.


class DemoSignIn(BaseModel):
    """Somebody invented who can sign in to a demo."""

    role: str
    email: str
    password: str
    about: str = ""


SIGN_INS = TypeAdapter(list[DemoSignIn])
CHINESE, ENGLISH = "zh-CN", "en"


@router.get("/")
def start(request: Request, lang: Language = None) -> HTMLResponse:
    """Where to begin: who can sign in to a demo, and what to try."""
    language = _language(request, lang)
    people = _sign_ins(request.app.state.parts)
    table = _table(people, _words()[language]) if people else ""
    return _page("start.html", language, sign_ins=table)


@router.get("/invitation")
def invitation(request: Request, lang: Language = None) -> HTMLResponse:
    """Where a link to set a password leads; its secret stays in the browser until it is used."""
    return _page("invitation.html", _language(request, lang))


@router.get("/problems/{slug}")
def problem(slug: str, request: Request, lang: Language = None) -> HTMLResponse:
    """What a refusal means: where the `type` of every problem leads."""
    kinds = catalogue().get(slug, [])
    routed = {name: (status, title) for status, (name, title) in KNOWN.items()}
    if not kinds and slug not in routed:
        raise NotFound("problem", slug)
    status, title = (kinds[0].status, kinds[0].title) if kinds else routed[slug]
    language = _language(request, lang)
    if language == CHINESE:
        title = _chinese_titles().get(slug, title)
    said = "".join(f"<p>{html.escape(text)}</p>" for kind in kinds if (text := about(kind)))
    return _page(
        "problem.html",
        language,
        problem=html.escape(title),
        slug=slug,
        status=str(status),
        said=said if language == ENGLISH else "",
    )


@router.get("/docs")
def documentation() -> HTMLResponse:
    """The API's documentation, drawn in the browser from its description."""
    return HTMLResponse(_template("documentation.html"))


@router.get("/openapi.json")
def description(request: Request) -> Response:
    """The API's description."""
    app = request.app
    if app.openapi_schema is None:
        app.openapi_schema = document(app)
    return Response(orjson.dumps(app.openapi_schema), media_type="application/json")


def _page(template: str, language: str, **blocks: str) -> HTMLResponse:
    """A template with our words, escaped, and blocks that are HTML already."""
    page = _template(template)
    for name, text in _words()[language].items():
        page = page.replace(f"{{{{{name}}}}}", html.escape(text))
    other = ENGLISH if language == CHINESE else CHINESE
    for name, block in {**blocks, "lang": language, "other": other}.items():
        page = page.replace(f"{{{{{name}}}}}", block)
    return HTMLResponse(page, headers={"Content-Language": language, "Vary": "Accept-Language"})


def _language(request: Request, asked: str | None) -> str:
    return asked or _preferred(request.headers.get("accept-language", ""))


def _sign_ins(parts: Parts) -> list[DemoSignIn]:
    if not parts.is_sandbox:
        return []
    try:
        return SIGN_INS.validate_json((parts.settings.home / DEMO).read_bytes())
    except (OSError, ValidationError):
        return []


def _table(people: list[DemoSignIn], words: dict[str, str]) -> str:
    heads = (words["role"], words["email"], words["password"], words["about"])
    rows = ["".join(f"<th>{html.escape(head)}</th>" for head in heads)]
    rows += [
        "".join(
            f"<td>{html.escape(text)}</td>"
            for text in (one.role, one.email, one.password, one.about)
        )
        for one in people
    ]
    title = html.escape(words["sign_ins_title"])
    return f"<h2>{title}</h2><table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def _preferred(accepted: str) -> str:
    """The first of our languages that the browser names."""
    for part in accepted.lower().split(","):
        tag = part.split(";")[0].strip()
        if tag.startswith("zh"):
            return CHINESE
        if tag.startswith("en"):
            return ENGLISH
    return ENGLISH


@cache
def _template(name: str) -> str:
    return _file(name)


@cache
def _words() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(_file("words.json"))
    return found


@cache
def _chinese_titles() -> dict[str, str]:
    found: dict[str, str] = json.loads(_file("problems.zh-CN.json"))
    return found


def _file(name: str) -> str:
    return resources.files(__package__).joinpath("html", name).read_text("utf-8")
