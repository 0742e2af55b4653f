"""Where a location is, and whether it can be there.

What an address takes differs by country: the forms of postal codes, and the countries in which the
state or province belongs to the address, are defaults of ours, not checked against each country's
own source. Countries that are not listed take what is said.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from entrepot.kernel.problems import BadInput

LONGEST = {"street": 200, "extra": 200, "city": 100, "region": 100, "postal_code": 20}
POSTAL_CODES: Mapping[str, re.Pattern[str]] = {
    country: re.compile(pattern, re.ASCII)
    for country, pattern in {
        "BR": r"[0-9]{5}-?[0-9]{3}",
        "CA": r"[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]",
        "CN": r"[0-9]{6}",
        "DE": r"[0-9]{5}",
        "ES": r"[0-9]{5}",
        "FR": r"[0-9]{5}",
        "GB": r"[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}",
        "IE": r"[A-Z][0-9][0-9W] ?[0-9A-Z]{4}",
        "IT": r"[0-9]{5}",
        "JP": r"[0-9]{3}-?[0-9]{4}",
        "MX": r"[0-9]{5}",
        "MY": r"[0-9]{5}",
        "NL": r"[0-9]{4} ?[A-Z]{2}",
        "PH": r"[0-9]{4}",
        "PL": r"[0-9]{2}-[0-9]{3}",
        "SG": r"[0-9]{6}",
        "TH": r"[0-9]{5}",
        "US": r"[0-9]{5}(-[0-9]{4})?",
        "VN": r"[0-9]{5}",
    }.items()
}
WITH_REGION = {"BR", "CA", "CN", "MX", "US"}
WITHOUT_POSTAL_CODE = {"AE", "HK", "MO"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Lines of an address. Nobody is named: a location is a place, not a person."""

    street: str
    city: str
    extra: str = ""
    region: str = ""  # State or province.
    postal_code: str = ""

    def bad(self, country: str) -> BadInput | None:
        """What is wrong with it in this country."""
        for name, value in asdict(self).items():
            if len(value) > LONGEST[name] or not (value == "" or value.isprintable()):
                return BadInput(
                    f"address.{name}", f"one line of at most {LONGEST[name]} characters"
                )
        if not self.street.strip():
            return BadInput("address.street", "the street and the number")
        if not self.city.strip():
            return BadInput("address.city", "the city")
        if country in WITH_REGION and not self.region.strip():
            return BadInput("address.region", f"the state or province, in {country}")
        return self._bad_code(country)

    def _bad_code(self, country: str) -> BadInput | None:
        if country in WITHOUT_POSTAL_CODE and self.postal_code:
            return BadInput("address.postal_code", f"none: {country} has no postal codes")
        form = POSTAL_CODES.get(country)
        if form is not None and not form.fullmatch(self.postal_code):
            return BadInput("address.postal_code", f"a postal code as {country} has them")
        return None
