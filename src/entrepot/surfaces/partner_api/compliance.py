"""Compliance: manufacturers, responsible persons, and products as those who check them see them."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AliasChoices, Field

from entrepot.contexts import catalog, files, merchants
from entrepot.contexts.catalog import (
    BrandId,
    Category,
    CategoryId,
    Listing,
    ListingId,
    NewParty,
    Party,
    PartyEdit,
    PartyId,
    PartyKind,
    Phone,
    ProductId,
    Profile,
    ProfileEdit,
)
from entrepot.contexts.merchants import ShopId
from entrepot.kernel.problems import each, only
from entrepot.surfaces import file_links

from .codes import invalid
from .envelope import Data
from .operations import Ask, Operations
from .paging import Paged, after, page, shown
from .products.words import category_number, category_of
from .scopes import Scope
from .shapes import Body, Nothing, Number, Numbers

operations = Operations()

ROOT = "/product/202409/compliance"
FOUND = "/product/202501/compliance"
FIRST_LOCALE = "en-IE"
NO_PARENT = "0"


class Availability(StrEnum):
    AVAILABLE = "AVAILABLE"
    UNAVAILABLE = "UNAVAILABLE"


class PhoneSaid(Body):
    availability: Availability = Availability.AVAILABLE
    country_code: str = Field("", max_length=6)
    local_number: str = Field("", max_length=20)

    def phone(self) -> Phone:
        """Nothing where there is none."""
        if self.availability is Availability.UNAVAILABLE:
            return Phone()
        if not self.country_code or not self.local_number:
            raise invalid("phone_number", "country_code and local_number")
        return Phone(code=self.country_code, number=self.local_number)


class AddressSaid(Body):
    street_address_line1: str = Field(max_length=500)
    street_address_line2: str = Field("", max_length=500)
    district: str = Field("", max_length=500)
    city: str = Field("", max_length=500)
    province: str = Field("", max_length=500)
    postal_code: str = Field(max_length=500)
    country: str = Field(max_length=2)

    @property
    def line(self) -> str:
        """The deprecated parts are merged into the first line, as documented."""
        parts = (self.street_address_line2, self.district, self.city, self.province)
        return ", ".join(part for part in (self.street_address_line1, *parts) if part)


class ManufacturerSaid(Body):
    name: str | None = Field(None, max_length=255)
    registered_trade_name: str | None = Field(None, max_length=200)
    email: str | None = Field(None, max_length=254)
    phone_number: PhoneSaid | None = None
    address: str | None = Field(None, max_length=500)
    locale: str = Field(FIRST_LOCALE, max_length=10)

    def profile(self) -> ProfileEdit:
        """What is said; the rest stays."""
        return ProfileEdit(
            locale=self.locale,
            name=self.name,
            trade_name=self.registered_trade_name,
            email=self.email,
            phone=None if self.phone_number is None else self.phone_number.phone(),
            address=self.address,
        )


class PersonSaid(Body):
    name: str | None = Field(None, max_length=200)
    email: str | None = Field(None, max_length=254)
    phone_number: PhoneSaid | None = None
    address: AddressSaid | None = None
    locale: str = Field(FIRST_LOCALE, max_length=10)

    def profile(self) -> ProfileEdit:
        """What is said; the rest stays."""
        place = self.address
        return ProfileEdit(
            locale=self.locale,
            name=self.name,
            email=self.email,
            phone=None if self.phone_number is None else self.phone_number.phone(),
            address=None if place is None else place.line,
            postal_code=None if place is None else place.postal_code,
            country=None if place is None else place.country.upper(),
        )


class PartySearch(Body):
    """The same for both kinds but for the name of the ids."""

    ids: Numbers = Field(
        default_factory=list,
        validation_alias=AliasChoices("manufacturer_ids", "responsible_person_ids"),
    )
    keyword: str = Field("", max_length=200)
    locales: list[str] = Field(default_factory=list, max_length=20)


class Audited(Body):
    product_ids: Annotated[list[Number], Field(max_length=20)] = Field(default_factory=list)
    product_title: str = Field("", max_length=300)
    seller_id: Number | None = None
    seller_name: str = ""
    category_ids: list[str] = Field(default_factory=list, max_length=50)
    brand_ids: Numbers = Field(default_factory=list)


@operations.post(
    f"{ROOT}/manufacturers", scope=Scope.PRODUCT_WRITE, body=ManufacturerSaid, shop=False
)
def create_manufacturer(ask: Ask[Nothing, ManufacturerSaid]) -> Data:
    """Write down who makes goods."""
    return _added(ask, PartyKind.MANUFACTURER, ask.body.profile())


@operations.post(
    f"{ROOT}/manufacturers/{{manufacturer_id}}/partial_edit",
    scope=Scope.PRODUCT_WRITE,
    body=ManufacturerSaid,
    shop=False,
)
def edit_manufacturer(ask: Ask[Nothing, ManufacturerSaid]) -> Data:
    """Say other things of a manufacturer, in one language."""
    return _edited(ask, PartyKind.MANUFACTURER, ask.body.profile())


@operations.post(
    f"{FOUND}/manufacturers/search",
    scope=Scope.PRODUCT_READ,
    query=Paged,
    body=PartySearch,
    shop=False,
)
def search_manufacturers(ask: Ask[Paged, PartySearch]) -> Data:
    """The merchant's manufacturers, the newest first."""
    return _found(ask, PartyKind.MANUFACTURER, _maker)


@operations.post(
    f"{ROOT}/responsible_persons", scope=Scope.PRODUCT_WRITE, body=PersonSaid, shop=False
)
def create_person(ask: Ask[Nothing, PersonSaid]) -> Data:
    """Write down who answers for goods in the European Union."""
    return _added(ask, PartyKind.RESPONSIBLE_PERSON, ask.body.profile())


@operations.post(
    f"{ROOT}/responsible_persons/{{responsible_person_id}}/partial_edit",
    scope=Scope.PRODUCT_WRITE,
    body=PersonSaid,
    shop=False,
)
def edit_person(ask: Ask[Nothing, PersonSaid]) -> Data:
    """Say other things of a responsible person, in one language."""
    return _edited(ask, PartyKind.RESPONSIBLE_PERSON, ask.body.profile())


@operations.post(
    f"{FOUND}/responsible_persons/search",
    scope=Scope.PRODUCT_READ,
    query=Paged,
    body=PartySearch,
    shop=False,
)
def search_persons(ask: Ask[Paged, PartySearch]) -> Data:
    """The merchant's responsible persons, the newest first."""
    return _found(ask, PartyKind.RESPONSIBLE_PERSON, _person)


@operations.post(
    "/product/202601/compliance/auditing/research",
    scope=Scope.PRODUCT_READ,
    query=Paged,
    body=Audited,
    shop=False,
)
def research(ask: Ask[Paged, Audited]) -> Data:
    """Products in all markets with what an auditor looks at: as far as the token reaches."""
    start = after(ask)
    behind = None if start is None else ListingId(int(start[0]))
    rows, total = catalog.research(ask.tx, _researched(ask), behind, ask.query.page_size + 1)
    here = shown(rows, ask)
    products = {
        one.id: one for one in each(catalog.products(ask.tx, {one.product_id for one in here}))
    }
    known = {
        "categories": {one.id: one for one in catalog.all_categories(ask.tx)},
        "files": files.by_ids(ask.tx, [id for one in here for id in one.content.details.image_ids]),
        "shops": merchants.shops(ask.tx, {one.shop_id for one in here}),
    }
    return {
        "products": [_audited(ask, one, products[one.product_id], known) for one in here],
        **page(rows, ask, key=lambda one: (int(one.id),), total=total),
    }


def _researched(ask: Ask[Paged, Audited]) -> catalog.Research:
    body = ask.body
    return catalog.Research(
        product_ids=tuple(ProductId(id) for id in body.product_ids),
        title=body.product_title,
        shop_ids=_shops(ask),
        category_ids=tuple(category_of(id, "category_ids") for id in body.category_ids),
        brand_ids=tuple(BrandId(id) for id in body.brand_ids),
    )


def _shops(ask: Ask[Paged, Audited]) -> tuple[ShopId, ...]:
    """The shops that are meant; an unknown one is nobody's, and so finds nothing."""
    body = ask.body
    if body.seller_id is None and not body.seller_name:
        return ()
    name = body.seller_name.casefold()
    meant = [
        shop.id
        for shop in merchants.page(ask.tx)
        if body.seller_id in {None, int(shop.id)} and name in shop.name.casefold()
    ]
    return tuple(meant) or (ShopId(0),)


def _added(ask: Ask[Any, Any], kind: PartyKind, said: ProfileEdit) -> Data:
    empty = Profile(locale=said.locale, name="", email="", phone=Phone(), address="")
    wish = NewParty(merchant_id=ask.seller, kind=kind, profile=said.of(empty))
    return {f"{kind}_id": str(only(catalog.add_parties(ask.tx, [wish])))}


def _edited(ask: Ask[Any, Any], kind: PartyKind, said: ProfileEdit) -> Data:
    wish = PartyEdit(party_id=ask.id(f"{kind}_id", PartyId), kind=kind, profile=said)
    only(catalog.edit_parties(ask.tx, [wish]))
    return {}


def _found(ask: Ask[Paged, PartySearch], kind: PartyKind, told: Callable[[Profile], Data]) -> Data:
    """Ids go before a word, as documented."""
    said, start = ask.body, after(ask)
    behind = None if start is None else PartyId(int(start[0]))
    asked = ([PartyId(id) for id in said.ids], "") if said.ids else (None, said.keyword.strip())
    part = (behind, ask.query.page_size + 1)
    rows, total = catalog.find_parties(ask.tx, ask.seller, kind, asked, part)
    return {
        f"{kind}s": [_party(one, said.locales, told) for one in shown(rows, ask)],
        **page(rows, ask, key=lambda one: (int(one.id),), total=total),
    }


def _party(one: Party, locales: Sequence[str], told: Callable[[Profile], Data]) -> Data:
    """In the languages asked for; without a wish in the first one, or whichever there is."""
    asked = [said for said in one.profiles if said.locale in locales]
    profiles = asked or [one.in_words_of(FIRST_LOCALE)]
    return {"id": str(one.id), "regional_profiles": [told(said) for said in profiles]}


def _maker(said: Profile) -> Data:
    there = said.phone != Phone()
    phone: dict[str, Any] = {"availability": "AVAILABLE" if there else "UNAVAILABLE"}
    if there:
        phone |= {"country_code": said.phone.code, "local_number": said.phone.number}
    return {
        "locale": said.locale,
        "name": said.name,
        "registered_trade_name": said.trade_name,
        "email": said.email,
        "phone_number": phone,
        "address": said.address,
    }


def _person(said: Profile) -> Data:
    empty = dict.fromkeys(("street_address_line2", "district", "city", "province"), "")
    return {
        "locale": said.locale,
        "name": said.name,
        "email": said.email,
        "phone_number": {"country_code": said.phone.code, "local_number": said.phone.number},
        "address": {
            "street_address_line1": said.address,
            "postal_code": said.postal_code,
            "country": said.country,
            **empty,
        },
    }


def _audited(
    ask: Ask[Any, Any], one: Listing, product: catalog.Product, known: Mapping[str, Any]
) -> Data:
    said, shop = one.content, known["shops"][one.shop_id]
    pictures = [known["files"][id] for id in said.details.image_ids if id in known["files"]]
    told: dict[str, Any] = {
        "id": str(one.product_id),
        "title": said.title,
        "country": one.market.upper(),
        "description": said.description,
        "variants": [{"id": str(sku.id)} for sku in product.skus],
        "seller_name": shop.name,
        "seller_id": str(int(one.shop_id)),
        "main_image_urls": [file_links.url_of(ask.parts, file) for file in pictures],
        "categories": _chain(said.category_id, known["categories"]),
    }
    brand = said.details.brand_id
    if brand is not None:
        names = catalog.brands_by(ask.tx, ask.seller, [brand])
        told |= {"brand_id": str(brand), "brand_name": names[brand].name if brand in names else ""}
    return told


def _chain(id: CategoryId, known: Mapping[CategoryId, Category]) -> list[Data]:
    steps = [known[CategoryId(step)] for step in reversed(id.path) if CategoryId(step) in known]
    return [
        {
            "id": category_number(one.id),
            "name": one.name_en,
            "level": level,
            "parent_id": NO_PARENT if one.id.parent is None else category_number(one.id.parent),
            "is_leaf": one.is_leaf,
        }
        for level, one in enumerate(steps, 1)
    ]
