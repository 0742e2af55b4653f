"""Advice on listings: what is found, and that following it helps."""

from hypothesis import given
from hypothesis import strategies as st

from entrepot.contexts.catalog import Attribute, CategoryId, Content, Details, Value, advice

LINEN = Attribute(id="1", name="Material", values=(Value(id="11", name="Linen"),))
WORDS = st.text(alphabet="abcXYZ ,", max_size=80)


def content(title: str, description: str = "", **details: object) -> Content:
    return Content(
        category_id=CategoryId("aa-1"),
        title=title,
        description=description,
        details=Details(**details),  # type: ignore[arg-type]
    )


def seen(what: Content, *, has_sizes: bool = False) -> advice.Seen:
    return advice.Seen(content=what, pictures={}, attributes=["1", "2"], has_sizes=has_sizes)


def codes(what: advice.Seen) -> list[str]:
    return [one.code for one in advice.diagnose(what)]


def test_an_empty_listing_is_poor() -> None:
    what = seen(content("Coat"), has_sizes=True)

    assert codes(what) == [
        "TITLE_SHORT",
        "IMAGES_FEW",
        "DESCRIPTION_MISSING",
        "ATTRIBUTES_MISSING",
        "SIZE_CHART_MISSING",
    ]
    assert advice.tier(advice.diagnose(what)) is advice.Tier.POOR


def test_each_fault_is_found_by_itself() -> None:
    title, text = "A coat of wool for cold winters", "Warm. " * 40
    good = {"image_ids": (1, 2, 3, 4, 5), "attributes": (LINEN,)}

    assert codes(seen(content(title, text, **good))) == []
    assert codes(seen(content(title.upper(), text, **good))) == ["TITLE_CAPITALS"]
    assert codes(seen(content(f"{title} coat coat", text, **good))) == ["TITLE_REPEATS"]
    assert codes(seen(content(title, "Warm.", **good))) == ["DESCRIPTION_SHORT"]
    few = {**good, "image_ids": (1, 2, 3)}
    assert codes(seen(content(title, text, **few))) == ["IMAGES_SOME"]
    assert advice.tier(advice.diagnose(seen(content(title, text, **few)))) is advice.Tier.FAIR
    bare = {**good, "attributes": ()}
    assert codes(seen(content(title, text, **bare))) == ["ATTRIBUTES_MISSING"]
    assert advice.tier(()) is advice.Tier.GOOD


def test_words_come_from_the_listing_itself() -> None:
    said = content("WOVEN  SHIRT", "<p>Plain</p>", attributes=(LINEN,))

    assert advice.better_title(said) == "Woven Shirt, Linen"
    assert advice.better_description(said) == "<p>Plain</p><ul><li>Material: Linen</li></ul>"
    assert advice.better_description(content("Shirt", "<p>Plain</p>")) is None


@given(WORDS)
def test_a_better_title_is_as_good_as_it_gets(title: str) -> None:
    said = content(title, attributes=(LINEN,))
    better = advice.better_title(said)
    again = content(title if better is None else better, attributes=(LINEN,))

    assert advice.better_title(again) is None
    before = {one.code for one in advice.diagnose(seen(said)) if one.part is advice.Part.TITLE}
    after = {one.code for one in advice.diagnose(seen(again)) if one.part is advice.Part.TITLE}
    assert after <= before
