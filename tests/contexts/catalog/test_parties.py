"""Who is named as maker, and as responsible, in listings."""

import pytest

from entrepot.contexts import catalog
from entrepot.contexts.catalog import Details, Edit, NewParty, PartyId, PartyKind, Phone, Profile
from entrepot.kernel.problems import BadInput, each, only
from entrepot.kernel.tx import Tx

from . import goods
from .goods import Seller

MAKER = PartyKind.MANUFACTURER
PROFILE = Profile(
    locale="en-IE",
    name="Maker Ltd",
    email="safety@maker.example",
    phone=Phone(code="+353", number="1234567"),
    address="1 Mill Road",
)


@pytest.fixture
def us(tx: Tx) -> Seller:
    goods.load_tree(tx)
    return goods.seller(tx)


def maker(tx: Tx, of: Seller) -> PartyId:
    wish = NewParty(merchant_id=of.merchant_id, kind=MAKER, profile=PROFILE)
    return only(catalog.add_parties(tx, [wish]))


def named(field: str, *ids: str) -> Details:
    if field == "manufacturer_ids":
        return Details(manufacturer_ids=ids)
    return Details(responsible_person_ids=ids)


@pytest.mark.parametrize("who", ["nobody", "no number", "somebody else's", "of the other kind"])
def test_only_whom_the_merchant_wrote_down_is_named(tx: Tx, us: Seller, who: str) -> None:
    field = "responsible_person_ids" if who == "of the other kind" else "manufacturer_ids"
    ids = {
        "nobody": "1",
        "no number": "\u0661",
        "somebody else's": str(maker(tx, goods.seller(tx))),
        "of the other kind": str(maker(tx, us)),
    }
    [product, other] = goods.products(tx, us, 2)
    draft = only(catalog.list_products(tx, [goods.priced(other, us)]))
    details = named(field, ids[who])

    [listed] = catalog.list_products(
        tx, [catalog.NewListing(product_id=product.id, shop_id=us.shop.id, details=details)]
    )
    [edited] = catalog.edit(tx, [Edit(listing_id=draft.id, details=details)])

    for refused in (listed, edited):
        assert isinstance(refused, BadInput) and refused.members["field"] == field
    [after] = each(catalog.by_ids(tx, [draft.id]))
    assert after.content == draft.content
    assert catalog.in_shop(tx, us.shop.id, [product.id]) == {}


def test_ones_own_maker_is_named(tx: Tx, us: Seller) -> None:
    id = str(maker(tx, us))
    [product] = goods.products(tx, us)
    wish = catalog.NewListing(
        product_id=product.id, shop_id=us.shop.id, details=named("manufacturer_ids", id)
    )

    listing = only(catalog.list_products(tx, [wish]))

    assert listing.content.details.manufacturer_ids == (id,)
