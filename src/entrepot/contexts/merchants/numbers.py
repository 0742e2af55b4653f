"""Company numbers: whether the register that gives them out could have given out this one."""

import re
from collections.abc import Callable, Mapping

import stdnum.br.cnpj
import stdnum.cn.uscc
import stdnum.de.handelsregisternummer
import stdnum.de.vat
import stdnum.gb.vat
import stdnum.th.moa
import stdnum.us.ein
from stdnum.exceptions import ValidationError

from .model import NumberKind

# Companies House: eight digits, or two letters for the part of the kingdom and six digits.
GB_COMPANY = re.compile(r"[0-9]{8}|[A-Z]{2}[0-9]{6}", re.ASCII)


def _gb_company(number: str) -> str:
    compact = number.replace(" ", "").upper()
    compact = compact.zfill(8) if compact.isdigit() else compact
    if not GB_COMPANY.fullmatch(compact):
        raise ValidationError
    return compact


def _any(number: str) -> str:
    if not number.strip():
        raise ValidationError
    return number.strip().upper()


CHECKS: Mapping[NumberKind, Callable[[str], str]] = {
    NumberKind.BR_CNPJ: stdnum.br.cnpj.validate,
    NumberKind.CN_USCC: stdnum.cn.uscc.validate,
    NumberKind.DE_REGISTER: stdnum.de.handelsregisternummer.validate,
    NumberKind.DE_VAT: stdnum.de.vat.validate,
    NumberKind.GB_COMPANY: _gb_company,
    NumberKind.GB_VAT: stdnum.gb.vat.validate,
    NumberKind.OTHER: _any,
    NumberKind.TH_MOA: stdnum.th.moa.validate,
    NumberKind.US_EIN: stdnum.us.ein.validate,
}


def checked(kind: NumberKind, number: str) -> str | None:
    """The number in the form that two writings of it share; nothing if it cannot be one."""
    try:
        return CHECKS[kind](number)
    except ValidationError:
        return None


def stored(kind: NumberKind, number: str) -> str:
    """How a number is kept: compact if it is right, as it was given if a correction will ask."""
    return checked(kind, number) or number.strip().upper()


def fits(kind: NumberKind, country: str) -> bool:
    """Whether companies of a country have numbers of this kind, as far as kinds are known."""
    own = {each for each in NumberKind if each.startswith(f"{country.lower()}_")}
    return kind in own if own else kind is NumberKind.OTHER
