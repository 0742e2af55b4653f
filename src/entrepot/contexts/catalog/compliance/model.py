"""Manufacturers and responsible persons as values."""

import re
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum

from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id
from entrepot.kernel.problems import BadInput

EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
CODE, DIGITS = re.compile(r"\+[0-9]{1,4}", re.ASCII), re.compile(r"[0-9]+", re.ASCII)
CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")

# Who answers for goods is established in the Union: Regulation (EU) 2019/1020, article 4.
# Countries with how they are dialled.
UNION = {
    "AT": "+43",
    "BE": "+32",
    "BG": "+359",
    "CY": "+357",
    "CZ": "+420",
    "DE": "+49",
    "DK": "+45",
    "EE": "+372",
    "ES": "+34",
    "FI": "+358",
    "FR": "+33",
    "GR": "+30",
    "HR": "+385",
    "HU": "+36",
    "IE": "+353",
    "IT": "+39",
    "LT": "+370",
    "LU": "+352",
    "LV": "+371",
    "MT": "+356",
    "NL": "+31",
    "PL": "+48",
    "PT": "+351",
    "RO": "+40",
    "SE": "+46",
    "SI": "+386",
    "SK": "+421",
}


class PartyKind(StrEnum):
    MANUFACTURER = "manufacturer"
    RESPONSIBLE_PERSON = "responsible_person"


class PartyId(Id):
    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """A number as it is dialled; empty where there is none."""

    code: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A party in the words of one language."""

    locale: str
    name: str
    email: str
    phone: Phone
    address: str
    trade_name: str = ""
    postal_code: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileEdit:
    """A wish to change a profile; what is not given stays. A new language takes all it needs."""

    locale: str
    name: str | None = None
    email: str | None = None
    phone: Phone | None = None
    address: str | None = None
    trade_name: str | None = None
    postal_code: str | None = None
    country: str | None = None

    def of(self, before: Profile) -> Profile:
        """The profile after this edit."""
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        return replace(before, **{name: value for name, value in said.items() if value is not None})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewParty:
    merchant_id: OrganisationId
    kind: PartyKind
    profile: Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyEdit:
    party_id: PartyId
    kind: PartyKind
    profile: ProfileEdit


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    id: PartyId
    merchant_id: OrganisationId
    kind: PartyKind
    profiles: tuple[Profile, ...]
    made_at: datetime

    def in_words_of(self, locale: str) -> Profile:
        """The profile in a language, or the first one there is."""
        return next((one for one in self.profiles if one.locale == locale), self.profiles[0])


@dataclass(frozen=True, slots=True)
class Bounds:
    """What differs between the kinds."""

    name: int
    digits: tuple[int, int]
    is_in_union: bool


BOUNDS = {
    PartyKind.MANUFACTURER: Bounds(255, (7, 20), is_in_union=False),
    PartyKind.RESPONSIBLE_PERSON: Bounds(200, (7, 11), is_in_union=True),
}
LONGEST = {"trade_name": 200, "address": 500, "postal_code": 500, "email": 254}


def bad_profile(kind: PartyKind, said: Profile) -> BadInput | None:
    """What is wrong with a profile."""
    bounds = BOUNDS[kind]
    most = {"name": bounds.name, **LONGEST}
    for field, longest in most.items():
        value: str = getattr(said, field)
        if len(value) > longest or CHINESE.search(value):
            return BadInput(field, f"at most {longest} characters, none of them Chinese")
    if not said.name.strip():
        return BadInput("name", "a name")
    if not said.address.strip():
        return BadInput("address", "an address")
    if not EMAIL.fullmatch(said.email):
        return BadInput("email", "an address such as name@example.com")
    return _bad_phone(bounds, said.phone) or _bad_place(bounds, said)


def _bad_phone(bounds: Bounds, phone: Phone) -> BadInput | None:
    if phone == Phone() and not bounds.is_in_union:
        return None
    least, most = bounds.digits
    if not CODE.fullmatch(phone.code):
        return BadInput("phone_number.country_code", "a plus and up to four digits")
    if bounds.is_in_union and phone.code not in UNION.values():
        return BadInput("phone_number.country_code", "that of a country of the European Union")
    if not DIGITS.fullmatch(phone.number) or not least <= len(phone.number) <= most:
        return BadInput("phone_number.local_number", f"{least} to {most} digits")
    return None


def _bad_place(bounds: Bounds, said: Profile) -> BadInput | None:
    if not bounds.is_in_union:
        return None
    if said.country not in UNION:
        return BadInput("address.country", "a country of the European Union")
    return None if said.postal_code.strip() else BadInput("address.postal_code", "a postal code")
