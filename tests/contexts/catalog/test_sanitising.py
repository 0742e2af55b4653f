"""What of a description reaches a browser."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.contexts.catalog import sanitised
from entrepot.contexts.catalog.saying import ATTRIBUTES, KEPT, VOID

TAGS = ("<script>", "</script>", "<style>", "</style>", "<svg", "</svg>", "<math>", "<object>")
KEPT_TAGS = ("<p", "<p>", "</p>", "<b>", "</b>", "<img ", "<br/>", "<a href=", "</", "<", "/>", ">")
MARKS = ("<!--", "-->", "<![CDATA[", "<![x[", "<![if !mso]>", "]]>", "<!doctype [", "<?php")
INSIDE = ("onclick=", "onerror=x", "src=", "style=", "javascript:x", "java\tscript:x", "data:a,b")
VALUES = ("https://a.example/b.png", "//a.example", "'", '"', "`", "=", "/", " ", "\n", "x", "高")
ENTITIES = ("&lt;script&gt;", "&#60;", "&#x3c;", "&amp;lt;", "&quot;", "&colon;", "&", "&#0;")
PIECES = (*TAGS, *KEPT_TAGS, *MARKS, *INSIDE, *VALUES, *ENTITIES)
HTML = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=16).map("".join)
SCHEMES = {"http", "https"}


class Seen(HTMLParser):
    """Everything that somebody else's parser finds in a text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.other: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        self.other.append(data)

    def handle_decl(self, decl: str) -> None:
        self.other.append(decl)

    def handle_pi(self, data: str) -> None:
        self.other.append(data)

    def unknown_decl(self, data: str) -> None:
        self.other.append(data)


@given(HTML)
def test_nothing_that_runs_survives(text: str) -> None:
    seen = Seen(sanitised(text))

    assert (seen.open, seen.other) == ([], [])
    for tag, attributes in seen.tags:
        assert tag in KEPT
        assert {*attributes} <= {*ATTRIBUTES.get(tag, ())}
        if "src" in attributes:
            assert urlsplit(attributes["src"]).scheme in SCHEMES


@given(HTML)
def test_what_is_clean_stays_as_it_is(text: str) -> None:
    once = sanitised(text)

    assert sanitised(once) == once


@given(st.text(alphabet="abc ,.高<>&\"'"))
def test_text_stays_text(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    assert sanitised(escaped) == escaped.replace('"', "&quot;")


CASES = [
    ("<p>Warm</p>", "<p>Warm</p>"),
    ("<p onclick='x()' style='top:0'>Warm", "<p>Warm</p>"),
    ("a<script>alert(1)</script>b", "ab"),
    ("a<style>p{}</style>b", "ab"),
    ("<svg onload=x><p>hidden</p></svg>seen", "seen"),
    (
        '<img src="https://a.example/b.png?c&amp;d" alt="A b" onerror="x">',
        '<img src="https://a.example/b.png?c&amp;d" alt="A b">',
    ),
    ('<img src="javascript:x">', "<img>"),
    ('<img src="data:text/html,x">', "<img>"),
    ('<a href="https://a.example">there</a>', "<a>there</a>"),
    ("<b><i>x</b></i>", "<b><i>x</i></b>"),
    ("1 < 2 & 3", "1 &lt; 2 &amp; 3"),
    ("&lt;script&gt;", "&lt;script&gt;"),
    ("<![x[y]]>z", "z"),
    ("<!-- c -->x<!doctype html><?php y ?>", "x"),
    ("<unknown>x</unknown>", "x"),
    ("", ""),
]


@pytest.mark.parametrize(("said", "kept"), CASES)
def test_examples(said: str, kept: str) -> None:
    assert sanitised(said) == kept
