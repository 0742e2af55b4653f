"""Tokens of clicks: what we signed is read back, everything else is refused."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.contexts import affiliates
from entrepot.contexts.affiliates import BadClick, Click, PlanId
from entrepot.contexts.catalog import ProductId
from entrepot.kernel.access import OrganisationId

KEY = b"a key of the installation"
IDS = st.integers(1, 2**63 - 1)
CLICK = Click(
    content="video:7",
    creator_id=OrganisationId(1),
    plan_id=PlanId(2),
    product_id=ProductId(3),
    at=datetime(2024, 4, 1, 12, tzinfo=UTC),
)
TOKEN = affiliates.sign_click(KEY, CLICK)


@given(st.text(max_size=40), IDS, IDS, IDS, st.integers(0, 10**17))
def test_a_token_says_what_was_signed(
    content: str, creator: int, plan: int, product: int, after: int
) -> None:
    click = Click(
        content=content,
        creator_id=OrganisationId(creator),
        plan_id=PlanId(plan),
        product_id=ProductId(product),
        at=datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=after % 10**16),
    )

    assert affiliates.read_click(KEY, affiliates.sign_click(KEY, click)) == click


def test_a_token_fits_into_an_address() -> None:
    assert TOKEN.replace("-", "").replace("_", "").isalnum()


@given(st.integers(0, len(TOKEN) - 1), st.characters(min_codepoint=33, max_codepoint=126))
def test_one_changed_letter_is_refused(place: int, letter: str) -> None:
    tampered = TOKEN[:place] + letter + TOKEN[place + 1 :]
    if tampered == TOKEN:
        assert affiliates.read_click(KEY, tampered) == CLICK
        return
    with pytest.raises(BadClick):
        affiliates.read_click(KEY, tampered)


@pytest.mark.parametrize(
    "token",
    ["", "a", "é", TOKEN[:-1], TOKEN + "A", TOKEN + "=", " " + TOKEN, TOKEN[:30], "AQ" * 60],
)
def test_other_texts_are_refused(token: str) -> None:
    with pytest.raises(BadClick):
        affiliates.read_click(KEY, token)


def test_another_key_is_refused() -> None:
    with pytest.raises(BadClick):
        affiliates.read_click(b"another key", TOKEN)
