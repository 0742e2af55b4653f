"""Which category fits a title."""

import pytest

from entrepot.adapters import taxonomy
from entrepot.contexts.catalog import Category, CategoryId
from entrepot.surfaces.partner_api.products.tree import Tree, words


def category(id: str, name_en: str, name_zh_cn: str = "", *, is_leaf: bool = False) -> Category:
    return Category(id=CategoryId(id), name_en=name_en, name_zh_cn=name_zh_cn, is_leaf=is_leaf)


TREE = Tree.of(
    [
        category("aa", "Apparel"),
        category("aa-1", "Coats", "外套", is_leaf=True),
        category("aa-2", "Coat Hangers", is_leaf=True),
        category("tg", "Toys"),
        category("tg-1", "Puzzles", "拼图", is_leaf=True),
    ]
)


@pytest.mark.parametrize(
    ("title", "description", "leaf"),
    [
        ("A winter coat", "", "aa-1"),
        ("A coat hanger", "", "aa-2"),
        ("Toys for two", "", "tg-1"),
        ("For rainy days", "a puzzle", "tg-1"),
        ("A coat", "a puzzle", "aa-1"),  # The title weighs three times.
        ("外套", "", "aa-1"),
        ("Nothing that is known", "", "tg-1"),
    ],
)
def test_the_leaf_that_shares_most_words(title: str, description: str, leaf: str) -> None:
    assert TREE.best(title, description)[-1].id == leaf


def test_the_way_to_a_leaf_begins_at_the_root() -> None:
    assert [one.id for one in TREE.best("coats", "")] == ["aa", "aa-1"]
    assert Tree.of([]).best("coats", "") == []


def test_plurals_and_short_words() -> None:
    assert words("The Coats of a CAT, 外套") == ["the", "coat", "cat", "外套"]


def test_the_shipped_tree_and_its_attributes() -> None:
    rows = taxonomy.categories()
    tree = Tree.of(rows)
    seen: set[CategoryId] = set()
    for one in rows:
        assert one.id.parent is None or one.id.parent in seen
        seen.add(one.id)
    assert (len(rows), len(seen)) == (10_595, 10_595)
    assert "Puzzles" in [one.name_en for one in tree.best("Jigsaw puzzles for children", "")]
    found = {one.name_en: one for one in taxonomy.attributes_of(CategoryId("aa-1"))}
    color = found["Color"]
    assert color.is_sales and "Red" in {value.name_en for value in color.values}
    assert taxonomy.attribute(color.id) == color
    assert {taxonomy.value(value.id) for value in color.values} == {*color.values}
    assert taxonomy.attribute("0") is None and taxonomy.value("0") is None
    assert taxonomy.attributes_of(CategoryId("zz")) == ()
