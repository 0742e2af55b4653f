"""Where locations are: what an address takes in a country, and who may say it."""

from dataclasses import replace

import pytest

from entrepot.contexts import inventory
from entrepot.contexts.inventory import Address, LocationEdit, NewLocation
from entrepot.kernel.access import Actor, Grant, OrganisationId
from entrepot.kernel.problems import BadInput, Forbidden, NotFound, only
from entrepot.kernel.tx import Tx
from tests.contexts.catalog import goods
from tests.contexts.catalog.goods import by

HOME = Address(street="1 Mill Road", city="Reno", region="NV", postal_code="89501")
AMONG = {
    "AE": ("Dubai", ""),
    "BR": ("SP", "01310-100"),
    "CN": ("GD", "510000"),
    "DE": ("", "10115"),
    "GB": ("", "EC1A 1BB"),
    "HK": ("", ""),
    "IE": ("", "D02 AF30"),
    "TH": ("", "10110"),
    "US": ("CA", "94016-1234"),
    "ZZ": ("", "whatever"),
}


@pytest.mark.parametrize("country", AMONG)
def test_an_address_as_a_country_has_them(country: str) -> None:
    region, code = AMONG[country]

    assert replace(HOME, region=region, postal_code=code).bad(country) is None


@pytest.mark.parametrize(
    ("country", "field", "value"),
    [
        ("US", "street", " "),
        ("US", "city", ""),
        ("US", "region", ""),
        ("US", "postal_code", "8950"),
        ("US", "postal_code", "\u0668\u0669\u0665\u0660\u0661"),
        ("US", "postal_code", ""),
        ("GB", "postal_code", "89501"),
        ("CN", "postal_code", "89501"),
        ("HK", "postal_code", "89501"),
        ("ZZ", "extra", "x" * 201),
        ("ZZ", "extra", "two\nlines"),
    ],
)
def test_an_address_as_it_has_none(country: str, field: str, value: str) -> None:
    bad = replace(HOME, **{field: value}).bad(country)

    assert bad is not None and bad.members["field"] == f"address.{field}"


def place(tx: Tx, keeper: OrganisationId, address: Address | None = None) -> inventory.Location:
    wish = NewLocation(code=f"L{keeper}", name="L", country="US", keeper_id=keeper, address=address)
    return only(inventory.locate(tx, [wish]))


def address_of(tx: Tx, one: inventory.Location) -> Address | None:
    [found] = [found for found in inventory.places(tx) if found.id == one.id]
    return found.address


def test_a_location_is_opened_with_its_address_or_told_later(tx: Tx) -> None:
    of = goods.seller(tx)
    one, other = place(tx, of.merchant_id), place(tx, OrganisationId(0), address=HOME)
    assert (address_of(tx, one), address_of(tx, other)) == (None, HOME)

    told = only(
        inventory.set_addresses(by(tx, of.staff), [LocationEdit(location_id=one.id, address=HOME)])
    )

    assert told.address == address_of(tx, one) == HOME
    only(inventory.set_addresses(tx, [LocationEdit(location_id=one.id, address=None)]))
    assert (address_of(tx, one), address_of(tx, other)) == (None, HOME)


def test_only_its_keeper_says_where_a_location_is(tx: Tx) -> None:
    of = goods.seller(tx)
    one, platforms = place(tx, of.merchant_id), place(tx, OrganisationId(0))
    reader = Actor("person:3", frozenset([Grant("stock:read", of.merchant_id)]))
    moved = replace(HOME, postal_code="1")
    cases = [
        (goods.seller(tx).staff, one, HOME, NotFound),
        (reader, one, HOME, Forbidden),
        (of.staff, platforms, HOME, Forbidden),
        (of.staff, one, moved, BadInput),
    ]

    for actor, where, address, refusal in cases:
        edit = LocationEdit(location_id=where.id, address=address)
        [outcome] = inventory.set_addresses(by(tx, actor), [edit])
        assert isinstance(outcome, refusal)
    [bad] = inventory.locate(tx, [NewLocation(code="BAD", name="B", country="US", address=moved)])

    assert isinstance(bad, BadInput)
    assert (address_of(tx, one), address_of(tx, platforms)) == (None, None)
    assert "BAD" not in {found.code for found in inventory.places(tx)}
