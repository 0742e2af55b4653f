"""Refusals: every class of them, what it means and who says it."""

from collections.abc import Iterator

from entrepot.kernel.problems import Problem
from entrepot.surfaces.api.problems import KNOWN, about, catalogue

from . import rooms
from .text import code, document

INTRODUCTION = """\
A refusal is an answer of type `application/problem+json` (RFC 9457): `type` is `/problems/<slug>`,
`title` and `status` are those below, `detail` says what it is about in this case; further members
are named in it. A refusal changes nothing. In Python it is the class, raised for one wish and
returned among many."""


def page() -> str:
    """One heading for each slug, so that `type` has a place to point to."""
    by_slug = catalogue(rooms.classes(Problem))
    texts = {slug: _entry(slug, kinds) for slug, kinds in by_slug.items()}
    for status, (slug, title) in KNOWN.items():
        if slug not in texts:
            texts[slug] = f"## {slug}\n\n{status} · {title}\n\nSaid by the router.\n"
    return document("Problems", INTRODUCTION, *(texts[slug] for slug in sorted(texts)))


def _entry(slug: str, kinds: list[type[Problem]]) -> str:
    heads = dict.fromkeys(f"{kind.status} · {kind.title}" for kind in kinds)
    lines = [f"## {slug}\n", *(f"{head}\n" for head in heads)]
    for kind in kinds:
        said = f" {text}" if (text := about(kind)) else ""
        files = code(_files(kind)) or "its heirs alone"
        lines.append(f"- `{rooms.room(kind.__module__)}.{kind.__name__}`:{said} Said by {files}.")
    return "\n".join(lines) + "\n"


def _files(kind: type[Problem]) -> Iterator[str]:
    """Where it is made. A name that two rooms use is looked for in its own room alone."""
    namesakes = [each for each in rooms.classes(Problem) if each.__name__ == kind.__name__]
    mine = rooms.room(kind.__module__)
    for file in sorted(rooms.calls().get(kind.__name__, ())):
        module = f"entrepot.{file.removesuffix('.py').replace('/', '.')}"
        if len(namesakes) == 1 or rooms.room(module) == mine:
            yield file
