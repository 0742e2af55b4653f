"""Ciphers: one app's name for one shop."""

from hypothesis import given
from hypothesis import strategies as st

from entrepot.contexts.integrations import AppId, cipher_of, claimed_shop, is_cipher
from entrepot.contexts.merchants import ShopId

KEY = b"k" * 32
NUMBERS = st.integers(1, 2**63 - 1)


@given(NUMBERS, NUMBERS)
def test_a_cipher_names_its_shop_to_its_app(app: int, shop: int) -> None:
    cipher = cipher_of(KEY, AppId(app), ShopId(shop))

    assert claimed_shop(cipher) == ShopId(shop)
    assert is_cipher(KEY, AppId(app), cipher)
    assert not is_cipher(KEY, AppId(app % (2**63 - 1) + 1), cipher)
    assert not is_cipher(b"x" * 32, AppId(app), cipher)


@given(NUMBERS, st.integers(4, 30), st.integers(0, 63))
def test_a_changed_cipher_is_none(shop: int, at: int, letter: int) -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    cipher = cipher_of(KEY, AppId(1), ShopId(shop))
    changed = cipher[:at] + alphabet[letter] + cipher[at + 1 :]

    assert is_cipher(KEY, AppId(1), changed) == (changed == cipher)


@given(st.text(max_size=60))
def test_no_other_text_is_one(text: str) -> None:
    assert not is_cipher(KEY, AppId(1), text)
    found = claimed_shop(text)
    assert found is None or 0 < found < 2**63
