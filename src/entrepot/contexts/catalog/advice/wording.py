"""Words of listings: read, counted, put right."""

import html
import re

from entrepot.contexts.catalog.model import Content

TAG, WORD = re.compile(r"<[^>]*>"), re.compile(r"\w[\w'-]*\w")
LONGEST_TITLE, SHORT_TITLE, SHORT_DESCRIPTION = 255, 25, 200
SHORTEST_WORD, LONGEST_SHOUT = 3, 4


def plain(description: str) -> str:
    """A description as it is read."""
    return " ".join(html.unescape(TAG.sub(" ", description)).split())


def words_of(text: str) -> list[str]:
    """The words of a text, as they are compared."""
    return [word for word in WORD.findall(text.casefold()) if len(word) >= SHORTEST_WORD]


def shouts(title: str) -> bool:
    """Whether most of it is in capitals; sizes and short names may be."""
    long = [word for word in WORD.findall(title) if len(word) > LONGEST_SHOUT]
    return bool(long) and 2 * sum(word.isupper() for word in long) > len(long)


def repeats(title: str) -> bool:
    """Whether a word stands in it more than twice."""
    words = words_of(title)
    return any(words.count(word) > 2 for word in words)


def better_title(content: Content) -> str | None:
    """The title without shouting and repetition, with attributes if it is short; none if as good.

    Nothing is made up: only what the listing says of itself already comes in.
    """
    title = content.title.strip()
    spoken = " ".join(_spoken(word) for word in title.split()) if shouts(title) else title
    once = " ".join(_once(spoken.split())) if repeats(spoken) else " ".join(spoken.split())
    for attribute in content.details.attributes:
        for value in attribute.values:
            fits = len(once) + len(value.name) + 2 <= LONGEST_TITLE
            if len(once) < SHORT_TITLE and fits and value.name.casefold() not in once.casefold():
                once = f"{once}, {value.name}"
    return None if once == content.title else once


def better_description(content: Content) -> str | None:
    """A short description with a list of the attributes; none where there is nothing to add."""
    text = plain(content.description)
    missing = [
        f"<li>{html.escape(one.name)}: {html.escape(values)}</li>"
        for one in content.details.attributes
        for values in [", ".join(value.name for value in one.values)]
        if values and values.casefold() not in text.casefold()
    ]
    missing += [
        f"<li>{html.escape(feature)}</li>"
        for feature in content.details.features
        if feature.casefold() not in text.casefold()
    ]
    if len(text) >= SHORT_DESCRIPTION or not missing:
        return None
    return f"{content.description}<ul>{''.join(missing)}</ul>"


def _spoken(word: str) -> str:
    return word.capitalize() if len(word) > LONGEST_SHOUT and word.isupper() else word


def _once(words: list[str]) -> list[str]:
    lower = [word.casefold() for word in words]
    return [word for at, word in enumerate(words) if lower[at] not in lower[:at]]
