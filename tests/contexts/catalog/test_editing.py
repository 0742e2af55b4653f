"""Edits of what is audited."""

from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from sqlalchemy import text

from entrepot.contexts import catalog
from entrepot.contexts.catalog import Audit, CategoryClosed, Edit, Listing, Move, Shadow, Verb
from entrepot.kernel.access import platform
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.problems import BadInput, Forbidden, NotFound, each, only
from entrepot.kernel.tx import Tx
from tests.conftest import Installation

from . import goods
from .goods import OPERATOR, Seller, by


@pytest.fixture
def us(tx: Tx) -> Seller:
    """A merchant that decides all by itself."""
    goods.load_tree(tx)
    return goods.seller(tx)


def live(tx: Tx, of: Seller) -> Listing:
    [product] = goods.sold(tx, of)
    detail = catalog.detail(tx, "us", product.id)
    assert isinstance(detail, catalog.Detail)
    return detail.listing


def title(tx: Tx, listing: Listing) -> str:
    [found] = each(catalog.by_ids(tx, [listing.id]))
    return found.content.title


def recategorised(tx: Tx) -> list[tuple[str, ...]]:
    """Which products changed their category, from which to which, as it was told."""
    rows = tx.sql.execute(
        text(
            "select payload ->> 'product_id', payload ->> 'before', payload ->> 'after'"
            " from events.fresh where name = 'catalog.category_changed' order by serial"
        )
    )
    return [tuple(row) for row in rows]


def test_a_draft_is_edited_in_place(tx: Tx, us: Seller) -> None:
    [product] = goods.products(tx, us)
    listing = only(catalog.list_products(tx, [goods.priced(product, us)]))

    edited = only(catalog.edit(tx, [Edit(listing_id=listing.id, title="Better")]))

    assert isinstance(edited, Listing) and edited.content.title == "Better"
    assert title(tx, listing) == "Better"


def test_an_edit_of_what_is_live_waits_for_its_audit(tx: Tx, us: Seller) -> None:
    listing = live(tx, us)

    shadow = only(catalog.edit(by(tx, us.staff), [Edit(listing_id=listing.id, title="Better")]))

    assert isinstance(shadow, Shadow) and shadow.number == 1
    assert title(tx, listing) == "Product 0"
    [own] = catalog.audit(by(tx, us.staff), [Audit(listing_id=listing.id, passes=True)])
    assert isinstance(own, Forbidden)
    passed = only(catalog.audit(by(tx, OPERATOR), [Audit(listing_id=listing.id, passes=True)]))
    assert passed.content.title == title(tx, listing) == "Better"
    [twice] = catalog.audit(by(tx, OPERATOR), [Audit(listing_id=listing.id, passes=True)])
    assert isinstance(twice, IllegalMove)


def test_a_rejected_edit_changes_nothing(tx: Tx, us: Seller) -> None:
    listing = live(tx, us)
    only(catalog.edit(tx, [Edit(listing_id=listing.id, title="Worse")]))

    only(catalog.audit(tx, [Audit(listing_id=listing.id, passes=False, reasons=("no",))]))

    assert title(tx, listing) == "Product 0"
    rows = tx.sql.exec_driver_sql("select state, reasons, replaced from catalog.shadows")
    assert [tuple(row) for row in rows] == [("rejected", ["no"], None)]


def test_a_second_edit_takes_the_place_of_the_first(tx: Tx, us: Seller) -> None:
    listing = live(tx, us)
    only(catalog.edit(tx, [Edit(listing_id=listing.id, title="Better")]))

    shadow = only(catalog.edit(tx, [Edit(listing_id=listing.id, title="Best")]))
    only(catalog.audit(tx, [Audit(listing_id=listing.id, passes=True)]))

    assert isinstance(shadow, Shadow) and shadow.number == 2
    assert title(tx, listing) == "Best"
    rows = tx.sql.exec_driver_sql("select state, replaced from catalog.shadows order by number")
    before = {"title": "Product 0", "category_id": "aa-1", "description": "", "details": {}}
    assert [tuple(row) for row in rows] == [("superseded", None), ("passed", before)]


def test_what_may_not_be_edited_stays(tx: Tx, us: Seller) -> None:
    one, frozen = live(tx, us), live(tx, us)
    only(catalog.move(tx, [Move(listing_id=frozen.id, verb=Verb.FREEZE)]))

    outcomes = catalog.edit(
        tx,
        [
            Edit(listing_id=one.id, title=""),
            Edit(listing_id=one.id, category_id=catalog.CategoryId("zz-9")),
            Edit(listing_id=one.id, category_id=goods.TOYS),
            Edit(listing_id=frozen.id, title="Thawed"),
            Edit(listing_id=one.id),
        ],
    )

    refusals = [type(outcome) for outcome in outcomes[:4]]
    assert refusals == [BadInput, NotFound, CategoryClosed, IllegalMove]
    assert outcomes[4] == one
    assert tx.sql.exec_driver_sql("select from catalog.shadows").all() == []
    [foreign] = catalog.edit(by(tx, goods.seller(tx).staff), [Edit(listing_id=one.id, title="x")])
    assert isinstance(foreign, NotFound)


def test_drafts_that_change_their_category_are_told_at_once(tx: Tx, us: Seller) -> None:
    made = goods.products(tx, us, n=3)
    drafts = each(catalog.list_products(tx, [goods.priced(product, us) for product in made]))
    one, two, three = drafts
    wishes = [
        Edit(listing_id=one.id, category_id=goods.CLOTHES),
        Edit(listing_id=one.id, category_id=goods.BABIES),
        Edit(listing_id=two.id, category_id=goods.APPAREL, title="Better"),
        Edit(listing_id=three.id, category_id=goods.CLOTHES),
    ]

    each(catalog.edit(tx, wishes))
    each(catalog.edit(tx, [Edit(listing_id=three.id, title="Better still")]))

    told = sorted(recategorised(tx))
    assert told == [
        (str(one.product_id), "aa-1", "aa-1-2"),
        (str(three.product_id), "aa-1", "aa"),
    ]


def test_what_is_live_changes_its_category_when_its_audit_passes(tx: Tx, us: Seller) -> None:
    listing = live(tx, us)
    wish = Edit(listing_id=listing.id, category_id=goods.CLOTHES)
    only(catalog.edit(tx, [wish]))
    only(catalog.audit(tx, [Audit(listing_id=listing.id, passes=False)]))
    only(catalog.edit(tx, [wish]))
    assert recategorised(tx) == []

    only(catalog.audit(tx, [Audit(listing_id=listing.id, passes=True)]))

    assert recategorised(tx) == [(str(listing.product_id), "aa-1", "aa")]


WAITING = text("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")


def test_of_two_edits_at_once_the_second_is_told_from_what_the_first_left(
    installation: Installation,
) -> None:
    def made(tx: Tx) -> Listing:
        goods.load_tree(tx)
        own = goods.seller(tx)
        [product] = goods.products(tx, own)
        return only(catalog.list_products(tx, [goods.priced(product, own)]))

    listing = installation.work.run(lambda _: platform("test"), "test", made)

    def recategorise(tx: Tx, to: catalog.CategoryId) -> object:
        return only(catalog.edit(tx, [Edit(listing_id=listing.id, category_id=to)]))

    def first(tx: Tx) -> Future[object]:
        """Done, and not committed before the second stands behind it."""
        recategorise(tx, goods.CLOTHES)
        second = pool.submit(
            installation.work.run,
            lambda _: platform("test"),
            "test",
            lambda tx: recategorise(tx, goods.BABIES),
        )
        with installation.engine.connect() as sql:
            while not second.done() and not sql.scalar(WAITING):
                sql.rollback()
        return second

    with ThreadPoolExecutor(1) as pool:
        installation.work.run(lambda _: platform("test"), "test", first).result()

    told = installation.work.run(lambda _: platform("test"), "test", recategorised)
    product = str(listing.product_id)
    assert told == [(product, "aa-1", "aa"), (product, "aa", "aa-1-2")]
