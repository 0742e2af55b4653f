"""The most specific row decides, and there is never a doubt which one that is."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.kernel.money import share
from entrepot.rulebook import BrokenRules, Case, Fee, NoRuleFits, Version, parse
from tests.rulebook.texts import HEAD

KEYS = ("seller_type", "mode", "category", "fee_scheme", "campaign", "new_shop_days")


def fees(*rows: dict[str, str | int]) -> Version[Fee]:
    """A version whose n-th row has the rate n."""
    text = HEAD
    for number, row in enumerate(rows):
        text += '[[rows]]\nkind = "commission"\nbase = ["list"]\n'
        text += f"rate_bp = {number}\n"
        for key, value in row.items():
            text += f"{key} = {value!r}\n".replace("'", '"')
    return parse(text, "fees/us/2024-01-01")


def rate(version: Version[Fee], **case: str | int | tuple[str, ...]) -> int:
    return version.row({"kind": "commission", "on": "sale", **case}).rate_bp


def test_more_selectors_win() -> None:
    version = fees({}, {"mode": "m"}, {"mode": "m", "seller_type": "local"})

    assert rate(version) == 0
    assert rate(version, mode="m") == 1
    assert rate(version, mode="m", seller_type="local") == 2
    assert rate(version, mode="other", seller_type="local") == 0


def test_a_category_fits_its_descendants_and_the_nearest_wins() -> None:
    version = fees({}, {"category": "aa"}, {"category": "aa-6"})

    assert rate(version, category="aa-6") == 2
    assert rate(version, category=("aa-6-8", "aa-6", "aa")) == 2
    assert rate(version, category=("aa-1", "aa")) == 1
    assert rate(version, category=("hb",)) == 0
    assert rate(version) == 0


def test_a_young_shop_has_its_own_row_until_the_day() -> None:
    version = fees({}, {"new_shop_days": 90}, {"new_shop_days": 30})

    ages = {29: 2, 30: 1, 89: 1, 90: 0}
    assert {age: rate(version, shop_age_days=age) for age in ages} == ages


def test_the_highest_score_that_is_reached_wins_and_none_reaches_nothing() -> None:
    version = fees({}, {"min_score": 300}, {"min_score": 400})

    scores = {0: 0, 299: 0, 300: 1, 399: 1, 400: 2}
    assert {score: rate(version, shop_score=score) for score in scores} == scores
    assert rate(version) == 0  # No score is not a low one: it is none.
    assert version.looks_at("shop_score") and not version.looks_at("campaign")


def test_no_fitting_row_is_a_refusal() -> None:
    version = fees({"mode": "m"})

    with pytest.raises(NoRuleFits, match=r"fees/us/2024-01-01@1 has no row for .*mode = x") as no:
        rate(version, mode="x")

    assert no.value.members == {"rule": "fees/us/2024-01-01@1"}


def test_a_case_that_does_not_say_what_every_row_asks_is_a_bug() -> None:
    with pytest.raises(AssertionError, match="has to say on"):
        fees({}).each({"mode": "m"}, by="kind")


def test_each_takes_the_most_specific_row_of_every_kind() -> None:
    text = HEAD + "".join(
        f'[[rows]]\nkind = "{kind}"\nbase = ["list"]\nrate_bp = {bp}\n{more}\n'
        for kind, bp, more in [
            ("one", 1, ""),
            ("one", 2, 'mode = "m"'),
            ("two", 3, 'mode = "m"'),
            ("three", 4, 'on = "refund"'),
        ]
    )
    version: Version[Fee] = parse(text, "fees/us/2024-01-01")

    def rates(case: Case) -> list[int]:
        return [row.rate_bp for row in version.each(case, by="kind")]

    assert rates({"on": "sale", "mode": "m"}) == [2, 3]
    assert rates({"on": "sale", "mode": "x"}) == [1]
    assert rates({"on": "refund"}) == [4]


def test_what_was_found_is_remembered_per_case() -> None:
    version = fees({}, {"mode": "m"})

    assert [rate(version, mode=mode) for mode in ("m", "x", "m", "x")] == [1, 0, 1, 0]


@pytest.mark.parametrize(
    "rivals",
    [
        ({"mode": "a"}, {"category": "b"}),
        ({"mode": "a"}, {"mode": "a"}),
        ({}, {}),
        ({"new_shop_days": 30}, {"category": "b"}),
        ({"new_shop_days": 30, "mode": "m"}, {"new_shop_days": 30, "category": "b"}),
    ],
)
def test_two_equally_specific_rows_that_fit_one_case_stop_the_start(
    rivals: tuple[dict[str, str | int], ...],
) -> None:
    with pytest.raises(BrokenRules, match="equally specific"):
        fees(*rivals)


@pytest.mark.parametrize(
    "neighbours",
    [
        ({"mode": "a"}, {"mode": "b"}),
        ({"category": "a"}, {"category": "b"}),
        ({"mode": "a"}, {"mode": "a", "category": "b"}),
        ({"mode": "a", "campaign": "x"}, {"mode": "b", "category": "c"}),
        ({"new_shop_days": 30}, {"new_shop_days": 90}),
        ({"min_score": 300}, {"min_score": 400}),
    ],
)
def test_rows_that_nothing_can_confuse_are_welcome(
    neighbours: tuple[dict[str, str | int], ...],
) -> None:
    assert len(fees(*neighbours).rows) == 2


CHOICES = {
    "seller_type": st.sampled_from(["local", "cross_border"]),
    "mode": st.sampled_from(["m", "n"]),
    "category": st.sampled_from(["aa", "aa-6", "hb"]),
    "new_shop_days": st.sampled_from([30, 90]),
    "min_score": st.sampled_from([300, 400]),
}
ROWS = st.lists(st.fixed_dictionaries({}, optional=CHOICES), min_size=1, max_size=6)
CASES = st.fixed_dictionaries(
    {},
    optional={
        "seller_type": CHOICES["seller_type"],
        "mode": CHOICES["mode"],
        "category": st.sampled_from([("aa-6-8", "aa-6", "aa"), ("aa",), ("hb",)]),
        "shop_age_days": st.integers(0, 120),
        "shop_score": st.integers(0, 500),
    },
)


@given(rows=ROWS, case=CASES)
def test_the_order_of_rows_never_matters(
    rows: list[dict[str, str | int]], case: dict[str, str | int | tuple[str, ...]]
) -> None:
    def chosen(order: tuple[int, ...]) -> int | None:
        version = fees(*(rows[at] for at in order))
        try:
            return order[rate(version, **case)]
        except NoRuleFits:
            return None

    orders = list(permutations(range(len(rows))))[:24]
    try:
        fees(*rows)
    except BrokenRules:
        for order in orders:
            with pytest.raises(BrokenRules):
                fees(*(rows[at] for at in order))
    else:
        assert len({chosen(order) for order in [*orders, orders[0][::-1]]}) == 1


@given(rows=ROWS, case=CASES)
def test_the_chosen_row_fits_and_none_that_fits_has_more_selectors(
    rows: list[dict[str, str | int]], case: dict[str, str | int | tuple[str, ...]]
) -> None:
    def fits(row: dict[str, str | int]) -> bool:
        chain = case.get("category", ())
        assert isinstance(chain, tuple)
        age, score = case.get("shop_age_days"), case.get("shop_score")
        return all(
            value in chain
            if key == "category"
            else age is not None and int(str(age)) < int(value)
            if key == "new_shop_days"
            else score is not None and int(str(score)) >= int(value)
            if key == "min_score"
            else case.get(key) == value
            for key, value in row.items()
        )

    try:
        version = fees(*rows)
    except BrokenRules:
        return
    fitting = [row for row in rows if fits(row)]
    if not fitting:
        with pytest.raises(NoRuleFits):
            rate(version, **case)
        return
    chosen = rows[rate(version, **case)]
    assert fits(chosen)
    assert len(chosen) == max(map(len, fitting))


@given(amount=st.integers(-(10**12), 10**12), bp=st.integers(0, 10_000))
def test_a_fee_is_a_share_within_its_bounds(amount: int, bp: int) -> None:
    fee = Fee(kind="x", base=("list",), rate_bp=bp, min_minor=10, max_minor=500)

    assert fee.of({"list": amount}) == min(max(share(amount, bp, 10_000), 10), 500)
