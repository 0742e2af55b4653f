"""The tree of categories, kept by each process with an index of its words.

Ten thousand rows are too many to read and to cut into words for each title. The platform loads the
tree when it starts; a tree that has grown since is read again.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from entrepot.contexts import catalog
from entrepot.contexts.catalog import Category, CategoryId
from entrepot.surfaces.partner_api.operations import Ask

WORD = re.compile(r"[a-z]{3,}|[\u4e00-\u9fff]{2,}")
TITLE = 3  # What a word of the title weighs; one of the description weighs 1.


@dataclass(frozen=True, slots=True)
class Leaf:
    """A category for goods, with the words of its own names and of those above it."""

    category: Category
    name: frozenset[str]
    above: frozenset[str]

    def fits(self, title: Sequence[str], text: Sequence[str]) -> tuple[float, int, str]:
        """More for more shared words of a shorter name; of equals the one nearer to the root."""
        score = TITLE * _shared(self.name, title) + _shared(self.name, text)
        score += _shared(self.above, title)
        return (
            score / (1 + len(words(self.category.name_en))),
            -len(self.category.id.path),
            self.category.id,
        )


@dataclass(frozen=True, slots=True)
class Tree:
    """All categories, and which leaves know a word."""

    categories: Mapping[CategoryId, Category]
    leaves: tuple[Leaf, ...]
    by_word: Mapping[str, Sequence[Leaf]]

    @staticmethod
    def of(rows: Sequence[Category]) -> "Tree":
        """With its index."""
        every = {one.id: one for one in rows}
        leaves = tuple(_leaf(one, every) for one in rows if one.is_leaf)
        by_word: dict[str, list[Leaf]] = defaultdict(list)
        for leaf in leaves:
            for word in leaf.name | leaf.above:
                by_word[word].append(leaf)
        return Tree(every, leaves, by_word)

    def best(self, title: str, description: str) -> list[Category]:
        """From the root to the leaf that fits best; nothing in an empty tree."""
        said, more = words(title), words(description)
        known = [leaf for word in {*said, *more} for leaf in self.by_word.get(word, ())]
        leaf = max(known or self.leaves, key=lambda one: one.fits(said, more), default=None)
        if leaf is None:
            return []
        steps = (CategoryId(step) for step in reversed(leaf.category.id.path))
        return [self.categories[step] for step in steps if step in self.categories]


TREES: WeakKeyDictionary[Engine, Tree] = WeakKeyDictionary()


def tree(ask: Ask[Any, Any]) -> Tree:
    """The tree as it is now."""
    known = TREES.get(ask.parts.engine)
    if known is None or len(known.categories) != catalog.category_count(ask.tx):
        known = TREES[ask.parts.engine] = Tree.of(catalog.all_categories(ask.tx))
    return known


def words(text: str) -> list[str]:
    """In small letters, without the s of plurals."""
    return [word.removesuffix("s") for word in WORD.findall(text.casefold())]


def _leaf(one: Category, every: Mapping[CategoryId, Category]) -> Leaf:
    steps = (CategoryId(step) for step in one.id.path[1:])
    above = [every[step] for step in steps if step in every]
    return Leaf(one, _names([one]), _names(above))


def _names(categories: Sequence[Category]) -> frozenset[str]:
    return frozenset(
        word for one in categories for word in words(f"{one.name_en} {one.name_zh_cn}")
    )


def _shared(known: frozenset[str], said: Sequence[str]) -> int:
    return sum(word in known for word in said)
