"""What each check finds in a listing, and what it lets pass."""

from datetime import timedelta

import pytest

from entrepot.contexts import catalog, files
from entrepot.contexts.catalog import (
    BrandId,
    CategoryId,
    Certificate,
    Content,
    Details,
    ListPrice,
    PriceChange,
)
from entrepot.contexts.files import FileId, NewFile, Purpose
from entrepot.kernel.problems import only
from entrepot.kernel.tx import Tx
from tests.contexts.files.pictures import picture
from tests.contexts.files.test_files import Memory

from . import goods
from .goods import Seller, by, unit

RULES = "listing_checks/us/2010-01-01@1"


@pytest.fixture
def us(tx: Tx) -> Seller:
    """A merchant that decides all by itself."""
    goods.load_tree(tx)
    return goods.seller(tx)


def found(tx: Tx, of: Seller, title: str = "A coat", **said: object) -> list[tuple[str, str, str]]:
    """Check, field and object of each fault of a content."""
    details = Details(**{k: v for k, v in said.items() if k in Details.__slots__})  # type: ignore[arg-type]
    content = Content(
        category_id=CategoryId(str(said.get("category_id", goods.APPAREL))),
        title=title,
        description=str(said.get("description", "")),
        details=details,
    )
    faults = catalog.faults_of(tx, of.shop.id, content)
    assert {fault.rule for fault in faults} <= {f"listing_checks/{of.shop.market}/2010-01-01@1"}
    return [(fault.check, fault.field, fault.about) for fault in faults]


def kept(tx: Tx, of: Seller, width: int, height: int) -> FileId:
    """A picture of a size."""
    wish = NewFile(
        owner_id=of.merchant_id,
        purpose=Purpose.MAIN_IMAGE,
        name="front.jpg",
        data=picture(width, height),
    )
    return only(files.keep(tx, Memory(), [wish])).id


def paper(tx: Tx, of: Seller, kind: str, lasts: timedelta | None = None) -> Certificate:
    """A document with a picture, which may end."""
    ends = None if lasts is None else tx.now + lasts
    return Certificate(kind=kind, image_ids=(kept(tx, of, 600, 600),), expires_at=ends)


WORDS = [
    ("A replica coat", "", ["replica"]),
    ("A REPLICA, counterfeit", "", ["counterfeit", "replica"]),
    ("Replicas and replication", "", []),
    ("A knock-off", "", ["knock-off"]),
    ("A knock off", "", []),
    ("高仿大衣", "", ["高仿"]),
    ("大衣replica大衣", "", ["replica"]),
    ("ｒｅｐｌｉｃａ", "", ["replica"]),
    ("repl\u200bica", "", ["replica"]),
    ("A coat", "<p>FDA\n  approved</p>", ["fda approved"]),
    ("A coat", "<p>coun<b>ter</b>feit</p>", ["counterfeit"]),
    ("A coat", "<p>coun</p><p>terfeit</p>", []),
    ("A coat", "<p>repl&#105;ca</p>", ["replica"]),
    ("A coat", '<img src="https://a.example/replica.jpg" alt="x">', []),
]


@pytest.mark.parametrize(("title", "description", "words"), WORDS)
def test_banned_words_stand_by_themselves(
    tx: Tx, us: Seller, title: str, description: str, words: list[str]
) -> None:
    faults = found(tx, us, title, description=description)

    assert faults == [("banned-word", "description", word) for word in words]


def test_features_and_search_terms_are_read_as_well(tx: Tx, us: Seller) -> None:
    assert found(tx, us, features=("A replica",)) == [("banned-word", "description", "replica")]
    assert found(tx, us, search_terms=("仿品",)) == [("banned-word", "description", "仿品")]


def test_each_market_bans_its_own_words(tx: Tx, us: Seller) -> None:
    there = goods.seller(tx, market="de")

    assert found(tx, there, "Heilt Krebs") == [("banned-word", "description", "heilt krebs")]
    assert found(tx, there, "FDA approved") == []
    assert found(tx, us, "Heilt Krebs") == []


def test_both_sides_of_each_picture_count(tx: Tx, us: Seller) -> None:
    sizes = [(300, 300), (299, 600), (600, 299)]
    ids = tuple(kept(tx, us, *size) for size in sizes)

    faults = found(tx, us, image_ids=(*ids, FileId(1)))

    assert faults == [("image-size", "main_images", str(id)) for id in (*ids[1:], 1)]


def test_toys_take_the_document_of_their_market(tx: Tx, us: Seller) -> None:
    toys, there = goods.TOYS, goods.seller(tx, market="de")
    missing = [("missing-qualification", "certifications", "CPC")]

    assert found(tx, us, category_id=toys) == missing
    assert found(tx, us, category_id="tg-5-1") == missing  # Below toys it is the same.
    assert found(tx, us, category_id="tg") == []
    assert found(tx, us, category_id=toys, certificates=(paper(tx, us, "CE"),)) == missing
    assert found(tx, us, category_id=toys, certificates=(paper(tx, us, "CPC"),)) == []
    assert found(tx, there, category_id=toys, certificates=(paper(tx, there, "CE"),)) == []


def test_a_document_is_more_than_its_name_and_in_force(tx: Tx, us: Seller) -> None:
    missing = [("missing-qualification", "certifications", "CPC")]
    second = timedelta(seconds=1)
    ended, empty = paper(tx, us, "CPC", timedelta()), Certificate(kind="CPC")

    assert found(tx, us, category_id=goods.TOYS, certificates=(empty,)) == missing
    assert found(tx, us, category_id=goods.TOYS, certificates=(ended,)) == missing
    good = paper(tx, us, "CPC", second)
    assert found(tx, us, category_id=goods.TOYS, certificates=(ended, good)) == []


def known(tx: Tx, name: str, *, are_protected: bool = True) -> BrandId:
    [id] = catalog.know_brands(tx, [name], are_protected=are_protected)
    return id


def test_a_protected_brand_takes_its_permission(tx: Tx, us: Seller) -> None:
    ours, other = known(tx, "Aurora"), goods.seller(tx)
    claim = ("brand-claim", "brand", "Aurora")

    assert found(tx, us, brand_id=ours) == [claim]
    assert found(tx, us, "An Aurora coat", brand_id=ours) == [claim]  # Told once.
    assert found(tx, us, "An AURORA coat") == [("brand-claim", "title", "Aurora")]
    catalog.permit_brand(tx, ours, us.merchant_id)
    assert found(tx, us, "An Aurora coat", brand_id=ours) == []
    assert found(tx, other, brand_id=ours) == [claim]


def test_what_only_contains_the_letters_of_a_brand_claims_nothing(tx: Tx, us: Seller) -> None:
    known(tx, "Arc")

    assert found(tx, us, "A search lamp for an arcade") == []
    assert found(tx, us, "An Arc-lamp") == [("brand-claim", "title", "Arc")]


def test_other_brands_are_free(tx: Tx, us: Seller) -> None:
    anybody = known(tx, "Plain", are_protected=False)

    assert found(tx, us, "A Plain coat", brand_id=anybody) == []


def listed(tx: Tx, of: Seller, price_minor: int) -> tuple[catalog.Listing, catalog.SkuId]:
    [product] = goods.products(tx, of)
    listing = only(catalog.list_products(tx, [goods.priced(product, of, price_minor)]))
    return listing, product.skus[0].id


def judged(tx: Tx, listing: catalog.Listing) -> tuple[str, tuple[str, ...]]:
    """The state of a draft after it was handed in, and why."""
    only(catalog.submit(tx, [listing.id]))
    assert catalog.audit_due(tx, tx.now, 10) == 1
    after = only(catalog.by_ids(tx, [listing.id]))
    return after.state.value, catalog.last_reasons(tx, [listing.id]).get(listing.id, ())


def crossed_out(tx: Tx, sku: catalog.SkuId, list_minor: int, **proof: object) -> None:
    wish = ListPrice(sku_id=sku, market="us", list_minor=list_minor, **proof)  # type: ignore[arg-type]
    only(catalog.set_list_prices(tx, [wish]))


def repriced(tx: Tx, sku: catalog.SkuId, price_minor: int) -> None:
    only(catalog.set_prices(tx, [PriceChange(sku_id=sku, market="us", price_minor=price_minor)]))


@pytest.mark.parametrize(("list_minor", "passes"), [(1_000, True), (1_001, False)])
def test_nothing_above_the_price_may_be_crossed_out(
    tx: Tx, us: Seller, list_minor: int, passes: bool
) -> None:
    listing, sku = listed(tx, us, 1_000)
    crossed_out(tx, sku, list_minor)

    expected = ("activate", ()) if passes else ("failed", (f"strikethrough-price:{sku}",))
    assert judged(tx, listing) == expected


@pytest.mark.parametrize(("list_minor", "passes"), [(3_000, True), (3_001, False)])
def test_what_was_asked_for_before_a_reduction_may_be(
    tx: Tx, us: Seller, list_minor: int, passes: bool
) -> None:
    """However long the reduced price has been in force when the listing is judged."""
    listing, sku = listed(tx, us, 3_000)
    reduced = unit(tx, tx.now + timedelta(days=40))
    repriced(reduced, sku, 2_000)
    crossed_out(reduced, sku, list_minor)

    state, _ = judged(unit(tx, reduced.now + timedelta(days=3)), listing)

    assert state == ("activate" if passes else "failed")


def test_a_price_of_a_day_proves_nothing(tx: Tx, us: Seller) -> None:
    """Raised for a day, then reduced: what counts is the lowest price of the days before."""
    listing, sku = listed(tx, us, 2_000)
    repriced(unit(tx, tx.now + timedelta(days=39)), sku, 3_000)
    reduced = unit(tx, tx.now + timedelta(days=40))
    repriced(reduced, sku, 2_000)
    crossed_out(reduced, sku, 3_000)

    assert judged(reduced, listing) == ("failed", (f"strikethrough-price:{sku}",))


PROOFS = [
    (3_000, timedelta(days=90), "activate"),
    (2_999, timedelta(days=90), "failed"),
    (3_000, timedelta(days=90, seconds=1), "failed"),
]


@pytest.mark.parametrize(("proof_minor", "age", "state"), PROOFS)
def test_a_proof_from_elsewhere_is_high_and_young_enough(
    tx: Tx, us: Seller, proof_minor: int, age: timedelta, state: str
) -> None:
    listing, sku = listed(tx, us, 2_000)
    crossed_out(tx, sku, 3_000, proof_minor=proof_minor, proof_at=tx.now - age)

    assert judged(tx, listing)[0] == state


def test_an_audit_tells_every_fault_and_can_be_appealed(tx: Tx, us: Seller) -> None:
    known(tx, "Aurora")
    [product] = goods.products(tx, us)
    wish = goods.priced(product, us)
    listing = only(catalog.list_products(tx, [wish]))
    only(catalog.edit(tx, [catalog.Edit(listing_id=listing.id, title="A replica of Aurora")]))

    reasons = ("banned-word:replica", "brand-claim:Aurora")
    assert judged(tx, listing) == ("failed", reasons)
    staff = by(tx, us.staff)
    appeal = catalog.Move(listing_id=listing.id, verb=catalog.Verb.APPEAL)
    heard = only(catalog.move(staff, [appeal]))
    assert (heard.state, heard.audit_at) == (catalog.State.PENDING, None)
    # A person hears it: rules that refused it already are not asked again.
    assert catalog.audit_due(tx, tx.now + timedelta(days=365), 10) == 0
    granted = catalog.Move(listing_id=listing.id, verb=catalog.Verb.APPROVE)
    assert only(catalog.move(by(tx, goods.OPERATOR), [granted])).state is catalog.State.ACTIVATE


def test_rules_judge_versions_that_wait_too(tx: Tx, us: Seller) -> None:
    [product] = goods.sold(tx, us)
    [listing] = catalog.in_shop(tx, us.shop.id, [product.id]).values()

    def edited(title: str) -> tuple[str, str]:
        only(catalog.edit(tx, [catalog.Edit(listing_id=listing.id, title=title)]))
        assert catalog.next_audit_at(tx) == tx.now
        assert catalog.audit_due(tx, tx.now, 10) == 1
        state, _ = catalog.shadow_states(tx, [listing.id])[listing.id]
        return state, only(catalog.by_ids(tx, [listing.id])).content.title

    assert edited("A replica") == ("rejected", "Product 0")
    assert catalog.shadow_states(tx, [listing.id])[listing.id][1] == ("banned-word:replica",)
    state, title = edited("A coat")
    assert (title, state) == ("A coat", "passed")
    assert catalog.next_audit_at(tx) is None


def test_an_audit_takes_no_more_than_it_is_told(tx: Tx, us: Seller) -> None:
    made = goods.products(tx, us, n=3)
    drafts = catalog.list_products(tx, [goods.priced(product, us) for product in made])
    for draft in drafts:
        assert isinstance(draft, catalog.Listing)
        only(catalog.submit(tx, [draft.id]))

    assert [catalog.audit_due(tx, tx.now, 2) for _ in range(3)] == [2, 1, 0]
    assert catalog.audit_due(tx, tx.now - timedelta(days=1), 2) == 0
