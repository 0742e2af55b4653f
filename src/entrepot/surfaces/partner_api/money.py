"""Amounts in the dialect: decimal strings in major units."""

import re

from entrepot.kernel.money import Currency

from .codes import invalid

AMOUNT = re.compile(r"-?(\d{1,15})(?:\.(\d{1,6}))?", re.ASCII)


def amount(minor: int, currency: Currency) -> str:
    """`1234` US cents are "12.34"; `1234` yen are "1234"."""
    digits = currency.decimals
    if not digits:
        return str(minor)
    whole, rest = divmod(abs(minor), 10**digits)
    return f"{'-' if minor < 0 else ''}{whole}.{rest:0{digits}}"


def minor(text: str, currency: Currency, field: str = "amount") -> int:
    """The other way round. More digits than the currency has are refused, unless they are zeros."""
    found = AMOUNT.fullmatch(text.strip())
    if found is None:
        raise invalid(field, "an amount such as 12.34")
    digits = currency.decimals
    whole, rest = found[1], found[2] or ""
    if rest[digits:].strip("0"):
        raise invalid(field, f"{currency} has {digits} decimals")
    number = int(whole + rest[:digits].ljust(digits, "0"))
    return -number if text.strip().startswith("-") else number
