"""Who may offer what, where, and what becomes of a listing."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from entrepot.contexts import catalog, merchants
from entrepot.contexts.catalog import (
    AlreadyListed,
    CategoryClosed,
    Gone,
    Listing,
    Move,
    NewListing,
    NewPrice,
    NotPriced,
    State,
    TooManyListings,
    Verb,
)
from entrepot.contexts.merchants import NotYourDecision
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.problems import BadInput, Forbidden, NotFound, Problem, each, only
from entrepot.kernel.tx import Tx
from tests.statements import statements

from . import goods
from .goods import OPERATOR, Seller, by, unit


@pytest.fixture
def us(tx: Tx) -> Seller:
    """A merchant that decides all by itself."""
    goods.load_tree(tx)
    return goods.seller(tx)


def kinds(outcomes: list[Listing | Problem]) -> list[type]:
    return [type(outcome) for outcome in outcomes]


def draft(tx: Tx, of: Seller) -> Listing:
    [product] = goods.products(tx, of)
    return only(catalog.list_products(tx, [goods.priced(product, of)]))


def move(tx: Tx, listing: Listing, *verbs: Verb) -> Listing:
    for verb in verbs:
        listing = only(catalog.move(tx, [Move(listing_id=listing.id, verb=verb)]))
    return listing


PATHS = {
    State.DRAFT: [],
    State.PENDING: [Verb.SUBMIT],
    State.FAILED: [Verb.SUBMIT, Verb.REJECT],
    State.ACTIVATE: [Verb.SUBMIT, Verb.APPROVE],
    State.SELLER_DEACTIVATED: [Verb.SUBMIT, Verb.APPROVE, Verb.DEACTIVATE],
    State.PLATFORM_DEACTIVATED: [Verb.SUBMIT, Verb.APPROVE, Verb.TAKE_DOWN],
    State.FREEZE: [Verb.SUBMIT, Verb.APPROVE, Verb.FREEZE],
    State.DELETED: [Verb.DELETE],
}


@pytest.mark.parametrize("state", State)
def test_each_state_takes_its_verbs_and_no_other(tx: Tx, us: Seller, state: State) -> None:
    for verb in Verb:
        listing = move(tx, draft(tx, us), *PATHS[state])
        assert listing.state is state
        [outcome] = catalog.move(tx, [Move(listing_id=listing.id, verb=verb)])
        [after] = each(catalog.by_ids(tx, [listing.id]))
        if verb in catalog.LISTING.moves[state]:
            assert outcome == after
            assert after.state is catalog.LISTING.moves[state][verb]
        else:
            assert isinstance(outcome, IllegalMove)
            assert after == listing


def test_moves_leave_their_history(tx: Tx, us: Seller) -> None:
    listing = draft(tx, us)
    move(tx, listing, Verb.SUBMIT)
    wish = Move(listing_id=listing.id, verb=Verb.REJECT, reasons=("blurred", "no label"))
    only(catalog.move(tx, [wish]))

    rows = tx.sql.execute(text("select verb, before, after, reasons, actor from catalog.moves"))
    assert [tuple(row) for row in rows] == [
        ("submit", "draft", "pending", [], "job:test"),
        ("reject", "pending", "failed", ["blurred", "no label"], "job:test"),
    ]
    facts = tx.sql.execute(text("select name from events.fresh where name like 'catalog.%'"))
    names = ["listing_made", "listing_moved", "listing_rejected"]
    assert [*facts.scalars()] == [f"catalog.{name}" for name in names]


def test_several_moves_of_one_listing_follow_each_other(tx: Tx, us: Seller) -> None:
    listing = draft(tx, us)
    verbs = (Verb.SUBMIT, Verb.APPROVE, Verb.APPROVE, Verb.FREEZE)

    outcomes = catalog.move(tx, [Move(listing_id=listing.id, verb=verb) for verb in verbs])

    assert kinds(outcomes) == [Listing, Listing, IllegalMove, Listing]
    assert each(catalog.by_ids(tx, [listing.id]))[0].state is State.FREEZE
    facts = tx.sql.execute(text("select name from events.fresh where name like 'catalog.%'"))
    names = ["listing_made", "listing_moved", "listing_activated", "listing_stopped"]
    assert [*facts.scalars()] == [f"catalog.{name}" for name in names]


def test_the_merchant_owns_and_the_operator_audits(tx: Tx, us: Seller) -> None:
    listing = draft(tx, us)
    staff, operator = by(tx, us.staff), by(tx, OPERATOR)

    def outcome(tx: Tx, verb: Verb) -> type:
        [found] = catalog.move(tx, [Move(listing_id=listing.id, verb=verb)])
        return type(found)

    assert outcome(operator, Verb.SUBMIT) is NotYourDecision
    assert outcome(staff, Verb.SUBMIT) is Listing
    assert outcome(staff, Verb.APPROVE) is Forbidden
    assert outcome(operator, Verb.APPROVE) is Listing
    assert outcome(by(tx, goods.seller(tx).staff), Verb.DELETE) is NotFound


def test_the_platform_owns_content_and_price_where_the_mode_says_so(tx: Tx, us: Seller) -> None:
    supplier = goods.seller(tx, mode="full-managed-direct-purchase")
    [product] = goods.products(tx, supplier)
    wish = goods.priced(product, supplier)

    [refused] = catalog.list_products(by(tx, supplier.staff), [wish])
    made = only(catalog.list_products(by(tx, OPERATOR), [wish]))

    assert isinstance(refused, NotYourDecision)
    assert refused.members["flag"] == "content_owner"
    assert refused.members["rule"] == "modes/any/2010-01-01@1"
    assert made.state is State.DRAFT


def test_nothing_goes_live_without_a_price(tx: Tx, us: Seller) -> None:
    [product] = goods.products(tx, us)
    wish = NewListing(product_id=product.id, shop_id=us.shop.id)
    listing = only(catalog.list_products(tx, [wish]))

    [outcome] = catalog.activate(tx, [listing.id])

    assert isinstance(outcome, NotPriced)
    assert each(catalog.by_ids(tx, [listing.id]))[0].state is State.PENDING


def test_a_product_has_one_listing_in_a_market(tx: Tx, us: Seller) -> None:
    [product] = goods.products(tx, us)
    wish = goods.priced(product, us)

    first, twin = catalog.list_products(tx, [wish, wish])
    [again] = catalog.list_products(tx, [wish])

    assert kinds([first, twin, again]) == [Listing, AlreadyListed, AlreadyListed]
    assert len(catalog.listings(tx)) == 1


def test_bad_wishes_list_nothing(tx: Tx, us: Seller) -> None:
    other = goods.seller(tx)
    [mine], [theirs] = goods.products(tx, us), goods.products(tx, other)
    price = NewPrice(sku_id=mine.skus[0].id, price_minor=0)
    foreign = NewPrice(sku_id=theirs.skus[0].id, price_minor=5)
    here = us.shop.id
    wishes = [
        NewListing(product_id=catalog.ProductId(1), shop_id=here),
        NewListing(product_id=mine.id, shop_id=merchants.ShopId(1)),
        NewListing(product_id=theirs.id, shop_id=here),
        NewListing(product_id=mine.id, shop_id=here, title=" "),
        NewListing(product_id=mine.id, shop_id=here, prices=(price,)),
        NewListing(product_id=mine.id, shop_id=here, prices=(foreign,)),
    ]

    outcomes = catalog.list_products(tx, wishes)

    assert kinds(outcomes) == [NotFound, NotFound, NotFound, BadInput, BadInput, BadInput]
    assert catalog.listings(tx) == []
    [hidden] = catalog.list_products(by(tx, other.staff), [goods.priced(mine, us)])
    assert isinstance(hidden, NotFound)


def test_a_category_that_is_not_open_takes_a_permission(tx: Tx, us: Seller) -> None:
    toys, mature = (goods.products(tx, us, category=c)[0] for c in (goods.TOYS, goods.MATURE))
    wishes = [goods.priced(product, us) for product in (toys, mature)]

    outcomes = catalog.list_products(tx, wishes)

    assert kinds(outcomes) == [CategoryClosed, CategoryClosed]
    refusals = [outcome for outcome in outcomes if isinstance(outcome, Problem)]
    assert [refusal.members["access"] for refusal in refusals] == ["apply", "invite_only"]
    wish = merchants.CategoryWish(shop_id=us.shop.id, category="tg", proofs=("CPC certificate",))
    each(merchants.apply_for_categories(unit(tx), [wish]))
    each(merchants.grant_categories(unit(tx), [wish]))
    assert kinds(catalog.list_products(tx, wishes)) == [Listing, CategoryClosed]


def test_a_new_shop_lists_up_to_its_cap(tx: Tx, us: Seller) -> None:
    new = goods.seller(tx, stage="beginner")
    made = goods.products(tx, new, n=102)
    wishes = [goods.priced(product, new) for product in made]

    outcomes = catalog.list_products(tx, wishes[:101])

    assert kinds(outcomes[:100]) == [Listing] * 100
    assert isinstance(outcomes[100], TooManyListings)
    assert outcomes[100].members["cap"] == 100
    first = outcomes[0]
    assert isinstance(first, Listing)
    move(tx, first, Verb.DELETE)
    assert kinds(catalog.list_products(tx, wishes[100:])) == [Listing, TooManyListings]


def test_what_was_deleted_comes_back_as_a_draft_for_thirty_days(tx: Tx, us: Seller) -> None:
    one, other = move(tx, draft(tx, us), Verb.DELETE), move(tx, draft(tx, us), Verb.DELETE)

    def recover(listing: Listing, days: int, seconds: int) -> Listing | Problem:
        later = tx.now + timedelta(days=days, seconds=seconds)
        [found] = catalog.move(unit(tx, later), [Move(listing_id=listing.id, verb=Verb.RECOVER)])
        return found

    assert isinstance(recover(one, 30, 1), Gone)
    back = recover(other, 30, 0)
    assert isinstance(back, Listing)
    assert (back.state, back.deleted_at) == (State.DRAFT, None)


def test_a_market_that_is_not_open_refuses(tx: Tx, us: Seller) -> None:
    early = unit(tx, tx.now.replace(year=1999))
    [product] = goods.products(tx, us)

    [outcome] = catalog.list_products(early, [goods.priced(product, us)])

    assert isinstance(outcome, Problem) and outcome.slug == "market-not-open"
    assert catalog.listings(tx) == []


def test_what_a_shop_has_anew_is_told_as_a_draft_and_never_again(tx: Tx, us: Seller) -> None:
    one, two = goods.products(tx, us, n=2)
    wishes = [goods.priced(product, us) for product in (one, two)]
    made = each(catalog.list_products(tx, wishes))
    again = catalog.list_products(tx, wishes)
    move(tx, made[0], Verb.DELETE, Verb.RECOVER)

    assert kinds(again) == [AlreadyListed, AlreadyListed]
    rows = tx.sql.execute(
        text(
            "select subject, payload ->> 'product_id', payload ->> 'shop_id' from events.fresh"
            " where name = 'catalog.listing_made' order by serial"
        )
    )
    assert [tuple(row) for row in rows] == [
        (int(listing.id), str(listing.product_id), str(us.shop.id)) for listing in made
    ]


def test_hundreds_take_as_many_statements_as_two(tx: Tx, us: Seller) -> None:
    with statements(tx.sql) as few:
        two = goods.sold(tx, us, n=2)
    with statements(tx.sql) as many:
        more = goods.sold(tx, us, n=300)
    assert len(many) == len(few) > 0
    with statements(tx.sql) as seen:
        assert len(catalog.offers(tx, "us", goods.skus([*two, *more]))) == 302

    assert len(seen) == 1
