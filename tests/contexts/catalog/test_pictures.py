"""What is wished of pictures, and what comes of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from entrepot.contexts import catalog, files
from entrepot.contexts.files import File, NewFile, Purpose
from entrepot.kernel.access import Actor, Grant
from entrepot.kernel.problems import BadInput, Forbidden, NotFound, only
from entrepot.kernel.tx import Tx
from tests.contexts.files.pictures import MP4, picture
from tests.contexts.files.test_files import Memory

from . import goods
from .goods import Seller, by

pictures = catalog.pictures
State, Work = pictures.AlterationState, pictures.Work

SOON = timedelta(seconds=1)


@pytest.fixture
def storage() -> Memory:
    return Memory()


@pytest.fixture
def us(tx: Tx) -> Seller:
    goods.load_tree(tx)
    return goods.seller(tx)


def a_picture(tx: Tx, storage: Memory, of: Seller, data: bytes = b"") -> File:
    wish = NewFile(
        owner_id=of.merchant_id,
        purpose=Purpose.MAIN_IMAGE,
        name="front.jpg",
        data=data or picture(),
    )
    return only(files.upload(tx, storage, [wish]))


def staff(of: Seller, *words: str) -> Actor:
    words = words or ("product:edit", "product:read", "file:read")
    return Actor("person:1", frozenset(Grant(word, of.merchant_id) for word in words))


def wish(of: Seller, file: File, **more: Any) -> catalog.pictures.NewAlteration:
    said = {"work": Work.TRANSLATION, "language": "de-DE", **more}
    return pictures.NewAlteration(shop_id=of.shop.id, file_id=file.id, **said)


def asked(tx: Tx, of: Seller, file: File, **more: Any) -> catalog.pictures.Alteration:
    return only(pictures.alter(tx, set(Work), [wish(of, file, **more)]))


def later() -> datetime:
    return datetime.now(UTC) + SOON


def taken(tx: Tx, at: datetime | None = None) -> catalog.pictures.Taken:
    found = pictures.take(tx, set(Work), at or later())
    assert found is not None
    return found


def now(tx: Tx, of: Seller, one: catalog.pictures.Alteration) -> catalog.pictures.Alteration:
    return pictures.by_ids(tx, of.shop.id, [one.id])[one.id]


def told(tx: Tx) -> list[str]:
    rows = "select payload ->> 'state' from events.fresh where name = 'catalog.picture_altered'"
    return [*tx.sql.scalars(text(rows))]


def test_a_wish_becomes_another_picture(tx: Tx, storage: Memory, us: Seller) -> None:
    file = a_picture(tx, storage, us)
    one = asked(by(tx, staff(us)), us, file)
    work = taken(tx)

    pictures.record(tx, storage, work, pictures.Altered(picture(shade=9)), later())

    done = now(tx, us, one)
    assert (one.state, work.file, done.state, done.attempts) == (State.WAITING, file, State.DONE, 1)
    assert done.result_id is not None
    [made] = files.given(tx, [done.result_id]).values()
    assert (made.owner_id, made.purpose, made.name) == (
        us.merchant_id,
        Purpose.MAIN_IMAGE,
        "de-DE front.jpg",
    )
    assert storage.fetch(made.sha256) == picture(shade=9)
    assert told(tx) == ["done"]
    assert pictures.take(tx, set(Work), later()) is None


def test_the_same_wish_twice_is_one(tx: Tx, storage: Memory, us: Seller) -> None:
    file = a_picture(tx, storage, us)

    one, twin, other = pictures.alter(
        tx, set(Work), [wish(us, file), wish(us, file), wish(us, file, language="fr-FR")]
    )
    again = asked(tx, us, file)

    assert one == twin == again != other
    assert pictures.counts(tx) == {"waiting": 2}


def test_who_comes_second_changes_nothing(tx: Tx, storage: Memory, us: Seller) -> None:
    one = asked(tx, us, a_picture(tx, storage, us))
    slow = taken(tx)
    quick = taken(tx, later() + timedelta(minutes=6))  # The lease has ended.
    pictures.record(tx, storage, quick, pictures.Altered(picture(shade=9)), later())
    done = now(tx, us, one)

    pictures.record(tx, storage, slow, pictures.Untouched("no words"), later())

    assert now(tx, us, one) == done
    assert told(tx) == ["done"]


def test_nobody_takes_what_somebody_has_in_hand(tx: Tx, storage: Memory, us: Seller) -> None:
    asked(tx, us, a_picture(tx, storage, us))
    taken(tx)

    assert pictures.take(tx, set(Work), later() + timedelta(minutes=4)) is None
    assert taken(tx, later() + timedelta(minutes=6)).alteration.attempts == 2


def test_what_no_engine_does_waits(tx: Tx, storage: Memory, us: Seller) -> None:
    one = asked(tx, us, a_picture(tx, storage, us))

    assert pictures.take(tx, {Work.WHITE_BACKGROUND}, later()) is None
    assert taken(tx).alteration.id == one.id


def test_an_engine_in_trouble_is_asked_again_and_given_up(
    tx: Tx, storage: Memory, us: Seller
) -> None:
    file = a_picture(tx, storage, us)
    one, at, pauses = asked(tx, us, file), later(), []
    for _ in range(5):
        work = taken(tx, at)
        pictures.record(tx, storage, work, pictures.Trouble("answered 500"), at)
        due = "select due_at from catalog.alterations where state = 'waiting'"
        next_at = tx.sql.execute(text(due)).scalar()
        if next_at is not None:
            assert pictures.take(tx, set(Work), next_at - SOON) is None
            pauses.append((next_at - at).total_seconds())
            at = next_at

    failed = now(tx, us, one)
    assert pauses == [10, 40, 160, 640]
    assert (failed.state, failed.attempts, failed.reason) == (State.FAILED, 5, "answered 500")
    assert (told(tx), pictures.counts(tx)) == (["failed"], {"failed": 1})
    again = asked(tx, us, file)
    assert (again.id != one.id, again.state, again.attempts) == (True, State.WAITING, 0)
    assert asked(tx, us, file) == again


Came = tuple[catalog.pictures.Outcome, catalog.pictures.AlterationState, str]


@pytest.mark.parametrize(
    "came",
    [
        (pictures.Untouched("no words"), State.UNCHANGED, "no words"),
        (
            pictures.Altered(picture()),
            State.UNCHANGED,
            "the engine gave the same picture back",
        ),
        (pictures.Altered(MP4), State.FAILED, "the engine's answer is no picture"),
        (pictures.Altered(b""), State.FAILED, "the engine's answer: the file is empty"),
    ],
)
def test_nothing_came_of_it(tx: Tx, storage: Memory, us: Seller, came: Came) -> None:
    outcome, state, reason = came
    one = asked(tx, us, a_picture(tx, storage, us))

    pictures.record(tx, storage, taken(tx), outcome, later())

    after = now(tx, us, one)
    assert (after.state, after.reason, after.result_id) == (state, reason, None)
    assert told(tx) == [state.value]


def test_what_cannot_be_wished(tx: Tx, storage: Memory, us: Seller) -> None:
    other = goods.seller(tx)
    mine, foreign = a_picture(tx, storage, us), a_picture(tx, storage, other)
    film = a_picture(tx, storage, us, MP4)
    mine_tx = by(tx, staff(us))
    cases: list[tuple[Tx, catalog.pictures.NewAlteration, type]] = [
        (mine_tx, wish(us, foreign), NotFound),
        (mine_tx, wish(other, mine), NotFound),
        (by(tx, staff(other)), wish(us, mine), NotFound),
        (by(tx, staff(us, "product:read", "file:read")), wish(us, mine), Forbidden),
        (mine_tx, wish(us, film), BadInput),
        (mine_tx, wish(us, mine, language=""), BadInput),
        (mine_tx, wish(us, mine, work=Work.WHITE_BACKGROUND), BadInput),
    ]

    for one, said, refusal in cases:
        [outcome] = pictures.alter(one, set(Work), [said])
        assert isinstance(outcome, refusal), said
    [none] = pictures.alter(mine_tx, {Work.WHITE_BACKGROUND}, [wish(us, mine)])
    assert isinstance(none, pictures.NoEngine)
    assert pictures.counts(tx) == {}


def test_wishes_are_seen_by_their_own(tx: Tx, storage: Memory, us: Seller) -> None:
    other = goods.seller(tx)
    one = asked(tx, us, a_picture(tx, storage, us))
    theirs = by(tx, staff(other))

    assert pictures.alterations(theirs) == []
    assert pictures.by_ids(theirs, us.shop.id, [one.id]) == {}
    assert pictures.by_ids(by(tx, staff(us)), other.shop.id, [one.id]) == {}
    assert pictures.alterations(by(tx, staff(us))) == [one]
    assert pictures.alterations(by(tx, goods.OPERATOR)) == [one]
    assert pictures.alterations(by(tx, staff(us)), after=one.id) == []
